//! Speech to text with models that lie on this machine. Without the feature `whisper` it says so and does nothing.
