//! Writes every bomb into a folder, to try them on other readers: `cargo run -p vedette-testkit --example write_bombs -- DIR`.

use vedette_testkit::bombs;

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(std::path::PathBuf::from) else {
        eprintln!("error: no folder given; usage: write_bombs DIR");
        std::process::exit(2);
    };
    std::fs::create_dir_all(&folder)?;
    for (name, bytes) in [
        ("truncated.png", bombs::truncated_png()),
        ("truncated.jpg", bombs::truncated_jpeg()),
        ("huge-header.png", bombs::huge_png_header()),
        ("broken-utf8.txt", bombs::broken_utf8()),
        ("password.pdf", bombs::password_pdf()),
        ("billion-laughs.xml", bombs::billion_laughs_xml()),
        ("external-entity.xml", bombs::external_entity_xml()),
        ("huge.json", bombs::huge_json(8 << 20)),
        ("deep.json", bombs::deep_json(200_000)),
    ] {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
