//! `vedette model`: packs of local files, from the command line.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use kit::Desk;

#[test]
fn a_model_is_added_listed_verified_and_removed() {
    let desk = Desk::new();
    let file = desk.write("det.onnx", "net");
    let added = desk.ok(&["model", "add", &file, "--licence", "Apache-2.0", "--name", "lamp-det"]);
    assert!(added.contains("lamp-det") && added.contains("licence: Apache-2.0"), "{added}");
    let listed = desk.json(&["model", "list", "--json"]);
    assert_eq!((listed.len(), &listed[0]["kind"]), (1, &"text-detector".into()));
    assert!(desk.ok(&["doctor"]).contains("lamp-det"));
    assert!(desk.ok(&["model", "verify"]).starts_with("well"));

    let model = std::path::Path::new(listed[0]["dir"].as_str().unwrap()).join("det.onnx");
    std::fs::write(model, "new").unwrap();
    let output = desk.run(&["model", "verify", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found = kit::lines(&String::from_utf8(output.stdout).unwrap());
    assert_eq!((&found[0]["ok"], &found[0]["findings"][0]["file"]), (&false.into(), &"det.onnx".into()));

    assert!(desk.ok(&["model", "remove", "lamp-det"]).contains("removed"));
    assert!(desk.json(&["model", "list", "--json"]).is_empty());
    desk.fails(&["model", "remove", "lamp-det"], 2);
}

#[test]
fn a_model_of_the_workspace_is_found_before_that_of_the_account() {
    let desk = Desk::new();
    let file = desk.write("det.onnx", "net");
    desk.ok(&["model", "add", &file, "--name", "lamp"]);
    desk.ok(&["model", "add", &file, "--name", "lantern", "--in-workspace"]);
    let names: Vec<_> = desk.json(&["model", "list", "--json"]).into_iter().map(|pack| pack["name"].clone()).collect();
    assert_eq!(names, ["lantern", "lamp"]);
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_what_to_do() {
    let desk = Desk::new();
    let file = desk.write("weather.txt", "rain");
    assert!(desk.fails(&["model", "add", &file], 2).contains("hint:"));
    let wrong = desk.fails(&["model", "add", &file, "--sha256", &"0".repeat(64)], 1);
    assert!(wrong.contains("none of the expected ones"), "{wrong}");
    assert!(desk.fails(&["model", "add", &file, "--kind", "lamp"], 2).contains("text-detector"));
    desk.fails(&["model", "add", &file, "--sha256", "12"], 2);
}
