//! Prints the lines of text in a grey picture: `show_lines MODEL.onnx PICTURE.pgm` (netpbm P5, eight bit).

use vedette_detect::{Detector, Pixels};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, picture] = arguments.as_slice() else { return Err("usage: show_lines MODEL.onnx PICTURE.pgm".into()) };
    let detector = Detector::load(std::fs::read(model)?, 1)?;
    let bytes = std::fs::read(picture)?;
    let mut head = bytes.splitn(5, |byte| byte.is_ascii_whitespace());
    let mut word =
        || head.next().map(|word| String::from_utf8_lossy(word).into_owned()).ok_or("the picture ends early");
    let (kind, width, height, _most) = (word()?, word()?.parse()?, word()?.parse()?, word()?);
    let pixels = head.next().ok_or("the picture has no pixels")?;
    let pixels = Pixels::new(width, height, pixels).filter(|_| kind == "P5").ok_or("not an eight-bit P5 picture")?;
    for line in detector.lines(pixels)? {
        let (x, y) = line.middle;
        let (slant, bend) = (line.slant.to_degrees(), line.bend);
        println!(
            "{x:.0} {y:.0} {:.0} {:.0} slant {slant:.1} bend {bend:.0} score {:.2}",
            line.length, line.thickness, line.score
        );
    }
    Ok(())
}
