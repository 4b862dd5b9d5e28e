//! Writes the posters of a part with known text into a folder: pictures, and their lines as text.
//! `cargo run -p vedette-testkit --example ocr_posters -- dev|test FOLDER [NAME_PART]`

use std::path::Path;

use vedette_testkit::ocr_posters::{Order, Part, Workshop};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [part, folder, rest @ ..] = arguments.as_slice() else { return Err("dev|test FOLDER [NAME_PART]".into()) };
    let part = if part == "dev" { Part::Dev } else { Part::Test };
    let (workshop, folder) = (Workshop::open()?, Path::new(folder));
    std::fs::create_dir_all(folder)?;
    for order in Order::all(part).into_iter().filter(|order| rest.iter().all(|part| order.name().contains(part))) {
        let poster = workshop.draw(order)?;
        std::fs::write(folder.join(format!("{}.jpg", poster.name)), &poster.picture.bytes)?;
        let second = poster.second.unwrap_or("-");
        std::fs::write(
            folder.join(format!("{}.txt", poster.name)),
            format!("{} {second}\n{}\n", poster.language, poster.lines.join("\n")),
        )?;
    }
    Ok(())
}
