//! Engines that translate text, behind the port `vedette_core::translation::Translator`.
