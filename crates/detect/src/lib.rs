//! Where the lines of text stand in a picture. In: grey pixels. Out: boxes. A neural detector, run in process.
