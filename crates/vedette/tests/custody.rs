//! Custody as a user tries it: bundles checked by two verifiers, a witness, a timestamp authority, rollbacks, backups.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use kit::Desk;
use serde_json::Value;
use vedette_preserve::bundle::BundleFile;

/// A desk with three items, one of them with a file, decided on and cited in a report.
fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("in")).unwrap();
    std::fs::write(
        desk.path("in/wick.txt"),
        "The Wick, issue 3: lamps over Kelmora <b>tonight</b>. https://lamp.example/x",
    )
    .unwrap();
    let posts: String = (1..40)
        .map(|n| format!("{{\"id\":\"p{n}\",\"text\":\"Note {n} of the Grey Lantern on Tessgate\"}}\n"))
        .collect();
    let file = desk.write("posts.jsonl", posts);
    desk.ok(&["import", "in", "--name", "papers"]);
    desk.ok(&["import", &file]);
    desk.ok(&["review", "i1", "--level", "medium", "--reason", "known to the desk"]);
    desk.ok(&["report", "new", "Outlet Names Town In Magazine", "--cite", "i1"]);
    desk
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify_bundle.py")
}

/// What both verifiers say of a bundle: exit code and whether all is well.
fn both(desk: &Desk, bundle: &str) -> [(Option<i32>, Option<bool>); 2] {
    let said = |output: std::process::Output| {
        let ok = String::from_utf8(output.stdout).unwrap();
        let ok = kit::lines(&ok).first().and_then(|report| report["ok"].as_bool());
        (output.status.code(), ok)
    };
    let python = Command::new("python3").arg(script()).args(["--json", bundle]).current_dir(desk.path("")).output();
    [said(desk.run(&["verify", bundle, "--json"])), said(python.unwrap())]
}

/// What the second verifier says of every bundle in a folder, in order of their names, from one process.
fn python_on_all(folder: &Path) -> Vec<bool> {
    let driver = "import sys, glob, io, json, contextlib, importlib.util\n\
        spec = importlib.util.spec_from_file_location('verifier', sys.argv[1])\n\
        verifier = importlib.util.module_from_spec(spec)\n\
        sys.dont_write_bytecode = True\n\
        spec.loader.exec_module(verifier)\n\
        for name in sorted(glob.glob(sys.argv[2] + '/*.zip')):\n\
        \u{20}   sys.argv = ['verify_bundle.py', '--json', name]\n\
        \u{20}   with contextlib.redirect_stdout(io.StringIO()) as said:\n\
        \u{20}       code = verifier.main()\n\
        \u{20}   print(json.dumps(code == 0 and json.loads(said.getvalue())['ok']))\n";
    let output = Command::new("python3").args(["-c", driver]).arg(script()).arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    kit::lines(&String::from_utf8(output.stdout).unwrap()).iter().map(|well| well.as_bool().unwrap()).collect()
}

fn unzip(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn zipped(path: &Path, files: &[(String, Vec<u8>)]) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// Every way of bending a JSON value in one place: each string, number, list and field.
fn bent(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::String(text) => {
            all.extend([Value::from(format!("{text}x")), Value::Null]);
            if let Some(first) = text.chars().next() {
                let other = if first == 'a' { 'b' } else { 'a' };
                all.push(Value::from(format!("{other}{}", &text[first.len_utf8()..])));
            }
        }
        Value::Number(number) => all.push(Value::from(number.as_u64().unwrap() + 1)),
        Value::Array(list) => {
            for (at, one) in list.iter().enumerate().take(3) {
                let with = |new: Vec<Value>| Value::from([&list[..at], &new[..], &list[at + 1..]].concat());
                all.extend([with(vec![]), with(vec![one.clone(), one.clone()])]);
                all.extend(bent(one).into_iter().map(|new| with(vec![new])));
            }
            if list.len() > 1 && list[0] != list[1] {
                let mut swapped = list.clone();
                swapped.swap(0, 1);
                all.push(Value::from(swapped));
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let mut without = fields.clone();
                without.remove(name);
                all.push(Value::Object(without));
                for new in bent(field) {
                    let mut with = fields.clone();
                    with.insert(name.clone(), new);
                    all.push(Value::Object(with));
                }
            }
        }
        _ => {}
    }
    all
}

/// What was bent, and the files of the bundle afterwards.
type Case = (String, Vec<(String, Vec<u8>)>);

/// Cases of bending, thinned to `most`.
fn cases(files: &[(String, Vec<u8>)], most: usize) -> Vec<Case> {
    let mut all = Vec::new();
    let mut put = |what: String, files: Vec<(String, Vec<u8>)>| all.push((what, files));
    for (number, (name, bytes)) in files.iter().enumerate() {
        let with = |bytes: Vec<u8>| {
            let mut files = files.to_vec();
            files[number].1 = bytes;
            files
        };
        for part in 0..5usize {
            let at = (bytes.len() * part / 5).min(bytes.len().saturating_sub(1));
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << part;
            put(format!("{name}: flip at {at}"), with(flipped));
            put(format!("{name}: cut at {at}"), with(bytes[..at].to_vec()));
            let mut longer = bytes.clone();
            longer.insert(at, b' ');
            put(format!("{name}: insert at {at}"), with(longer));
        }
        let mut lost = files.to_vec();
        lost.remove(number);
        put(format!("{name}: lost"), lost);
        let mut renamed = files.to_vec();
        renamed[number].0.push('x');
        put(format!("{name}: renamed"), renamed);
        if name.ends_with(".json") && name != "items.json" {
            // The order of fields is that of the file, because the value keeps it.
            let value: Value = serde_json::from_slice(bytes).unwrap();
            for (way, new) in bent(&value).into_iter().enumerate() {
                put(format!("{name}: field {way}"), with(serde_json::to_vec(&new).unwrap()));
            }
        }
    }
    let mut more = files.to_vec();
    more.push(("exhibits/more".to_owned(), b"more".to_vec()));
    put("an added exhibit".to_owned(), more);
    let step = (all.len() / most).max(1);
    all.into_iter().step_by(step).collect()
}

#[test]
fn two_verifiers_agree_on_a_bundle_and_on_every_bent_one() {
    let desk = desk();
    desk.ok(&["log", "seal"]);
    desk.ok(&["export", "bundle", "i1", "i2", "-o", "case.zip"]);
    assert_eq!(both(&desk, "case.zip"), [(Some(0), Some(true)); 2], "{}", desk.run_text(&["verify", "case.zip"]));
    let files = unzip(&desk.path("case.zip"));
    for wanted in ["checkpoint", "index.html", "manifest.json", "files.json", "claims.json", "contents/v1.json"] {
        assert!(files.iter().any(|(name, _)| name == wanted), "{wanted}");
    }
    let page =
        files.iter().find(|(name, _)| name == "index.html").map(|(_, bytes)| String::from_utf8_lossy(bytes)).unwrap();
    assert!(!page.contains("<b>tonight") && !page.contains("https://lamp"), "{page}");
    let long = std::env::var("VEDETTE_PROVE").is_ok_and(|word| word == "long");
    let cases = cases(&files, if long { usize::MAX } else { 600 });
    let folder = desk.path("bent");
    std::fs::create_dir(&folder).unwrap();
    let mut ours = Vec::new();
    for (number, (_, files)) in cases.iter().enumerate() {
        zipped(&folder.join(format!("{number:06}.zip")), files);
        let files: Vec<BundleFile> =
            files.iter().map(|(name, bytes)| BundleFile { name: name.clone(), bytes: bytes.clone() }).collect();
        ours.push(vedette_preserve::bundle::verify(&files).ok);
    }
    let theirs = python_on_all(&folder);
    assert_eq!(theirs.len(), cases.len());
    let mut agreed = 0;
    for ((what, _), (ours, theirs)) in cases.iter().zip(ours.iter().zip(&theirs)) {
        assert_eq!((*ours, *theirs), (false, false), "{what}");
        agreed += 1;
    }
    println!("bent bundles: {agreed} of {} found by both verifiers", cases.len());
    assert_eq!(both(&desk, "bent/000000.zip"), [(Some(1), Some(false)); 2]);
    // The control that must not be found: the same files packed again.
    zipped(&desk.path("same.zip"), &files);
    assert_eq!(both(&desk, "same.zip"), [(Some(0), Some(true)); 2]);
    desk.write("none.zip", "no zip");
    assert_eq!(both(&desk, "none.zip").map(|(code, _)| code), [Some(1); 2]);
    assert_eq!(both(&desk, "missing.zip").map(|(code, _)| code), [Some(2); 2]);
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Starts a witness that trusts the desk's log: the process, its address, its key.
fn witness(desk: &Desk, state: &str) -> (Ended, String, String) {
    let status = &desk.json(&["log", "status", "--json"])[0];
    let key = status["keys"][0]["verifier"].as_str().unwrap().to_owned();
    let mut child = desk
        .command(&["witness", "--listen", "127.0.0.1:0", "--state", state, "--trust", &key])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let key = lines.next().unwrap().unwrap().replace("witness key ", "");
    let url = lines.next().unwrap().unwrap().replace("witnessing on ", "");
    (Ended(child), url, key)
}

fn configure(desk: &Desk, text: &str) {
    let path = desk.path("desk/vedette.toml");
    let old = std::fs::read_to_string(&path).unwrap();
    let old = old.split("[log]").next().unwrap().to_owned();
    std::fs::write(&path, format!("{old}{text}")).unwrap();
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

#[test]
fn a_witness_cosigns_what_continues_and_tells_a_rolled_back_log_even_to_its_own_machine() {
    let desk = desk();
    let (running, url, key) = witness(&desk, "witness");
    configure(&desk, &format!("[log]\n[[log.witnesses]]\nurl = \"{url}\"\nkey = \"{key}\"\n"));
    let note = desk.ok(&["log", "seal"]);
    assert!(note.contains("witness.invalid/vedette"), "{note}");
    copy(&desk.path("desk"), &desk.path("old"));
    copy(&desk.path("keys"), &desk.path("old-keys"));
    desk.ok(&["export", "bundle", "i1", "-o", "case.zip"]);
    let said = desk.ok(&["verify", "case.zip", "--key", &key]);
    assert!(said.contains("cosigned by witness.invalid/vedette"), "{said}");
    assert_eq!(both(&desk, "case.zip"), [(Some(0), Some(true)); 2]);
    // Everything of the desk is put back, what was last seen too: only the witness remembers.
    for name in ["desk", "keys"] {
        std::fs::remove_dir_all(desk.path(name)).unwrap();
    }
    copy(&desk.path("old"), &desk.path("desk"));
    copy(&desk.path("old-keys"), &desk.path("keys"));
    assert_eq!(desk.json(&["verify", "--json"])[0]["ok"], true, "nothing on this machine tells");
    let output = desk.run(&["log", "seal"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("rolled back"), "{told}");
    drop(running);
    let file = desk.write("more.jsonl", "{\"id\":\"z\",\"text\":\"one more\"}\n");
    desk.ok(&["import", &file]);
    let output = desk.run(&["log", "seal"]);
    assert!(output.status.success(), "an absent witness stops nothing");
    let errand = &desk.json(&["log", "status", "--json"])[0]["errands"][0];
    assert!(errand["tries"].as_u64().unwrap() >= 1 && !errand["error"].is_null(), "{errand}");
}

#[test]
fn an_older_state_of_the_workspace_is_refused_told_and_can_be_answered_for() {
    let desk = desk();
    copy(&desk.path("desk"), &desk.path("old"));
    let file = desk.write("more.jsonl", "{\"id\":\"z\",\"text\":\"one more\"}\n");
    desk.ok(&["import", &file]);
    std::fs::remove_dir_all(desk.path("desk")).unwrap();
    copy(&desk.path("old"), &desk.path("desk"));
    let said = desk.fails(&["search", "lantern"], 2);
    assert!(said.contains("rolled back") && said.contains("vedette log accept"), "{said}");
    let output = desk.run(&["verify", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("rolled back or rewritten"));
    desk.fails(&["log", "status"], 1);
    desk.ok(&["log", "accept", "--reason", "restored from the backup of Monday"]);
    assert_eq!(desk.json(&["verify", "--json"])[0]["ok"], true);
    desk.ok(&["import", &file]);
    assert_eq!(desk.json(&["log", "status", "--json"])[0]["keys"].as_array().unwrap().len(), 2);
    assert!(desk.ok(&["audit"]).contains("log accept"));
    desk.ok(&["export", "bundle", "i1", "-o", "case.zip"]);
    assert_eq!(both(&desk, "case.zip"), [(Some(0), Some(true)); 2]);
}

#[test]
fn a_backup_restored_on_another_machine_has_the_same_root_and_goes_on_under_a_new_key() {
    let desk = desk();
    desk.ok(&["backup", "desk.tar"]);
    let here = &desk.json(&["verify", "--json"])[0];
    let elsewhere = |args: &[&str]| {
        let output = desk
            .command(args)
            .env("VEDETTE_WORKSPACE", desk.path("other"))
            .env("VEDETTE_KEYS", desk.path("other-keys"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    elsewhere(&["restore", "desk.tar", "other"]);
    let there = &kit::lines(&elsewhere(&["verify", "--json"]))[0];
    assert_eq!((&here["root"], &here["leaves"]), (&there["root"], &there["leaves"]));
    let file = desk.write("more.jsonl", "{\"id\":\"z\",\"text\":\"one more\"}\n");
    elsewhere(&["import", &file]);
    let status = &kit::lines(&elsewhere(&["log", "status", "--json"]))[0];
    assert_eq!(status["keys"].as_array().unwrap().len(), 2);
    assert!(status["keys"][1]["reason"].as_str().unwrap().contains("not on this machine"));
    assert_eq!(kit::lines(&elsewhere(&["verify", "--json"]))[0]["ok"], true);
    // The same backup over a machine that has seen more is told.
    desk.ok(&["import", &file]);
    let output = desk.run(&["restore", "desk.tar", "again"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_interrupted_verification_goes_on_and_finds_what_lies_before_and_after() {
    let desk = desk();
    let status = &desk.json(&["log", "status", "--json"])[0];
    let finding = serde_json::json!({ "what": "exhibit", "where": "earlier", "expected": "a", "found": "b" });
    let left = |size: u64, root: &Value| {
        serde_json::json!({
            "log_size": size, "log_root": root,
            "scrubbed": { "row": 3, "exhibits": 3, "bytes": 99, "findings": [finding] },
        })
        .to_string()
    };
    let size = status["size"].as_u64().unwrap();
    desk.write("desk/verify.state", left(size, &status["root"]));
    let report = |args: &[&str]| kit::lines(&String::from_utf8(desk.run(args).stdout).unwrap())[0].clone();
    let resumed = report(&["verify", "--resume", "--json"]);
    assert_eq!(resumed["findings"].as_array().unwrap().len(), 1, "{resumed}");
    let whole = report(&["verify", "--resume", "--json"]);
    assert_eq!(whole["ok"], true, "nothing is left of a run that ended");
    assert_eq!(whole["exhibits"], resumed["exhibits"]);
    desk.write("desk/verify.state", left(size - 1, &status["root"]));
    assert_eq!(report(&["verify", "--resume", "--json"])["ok"], true, "another log's state is not used");
}

/// A timestamp authority on loopback: `openssl ts` behind a few lines of HTTP. `None` where openssl is not installed.
fn authority(dir: &Path) -> Option<String> {
    let run = |args: &[&str]| Command::new("openssl").args(args).current_dir(dir).output();
    run(&["version"]).ok().filter(|output| output.status.success())?;
    let config = "[req]\ndistinguished_name = dn\n[dn]\n[ca]\nbasicConstraints = critical,CA:true\n\
        [tsa_cert]\nextendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n\
        [tsa]\ndefault_tsa = tsa1\n[tsa1]\nserial = serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n\
        digests = sha256\naccuracy = secs:1\nsigner_cert = tsa.pem\nsigner_key = tsa.key\ncerts = ca.pem\n";
    std::fs::write(dir.join("ts.cnf"), config).unwrap();
    for args in [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=Example-CA -days 30 -config ts.cnf -extensions ca",
        "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Example-TSA -config ts.cnf",
        "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -days 30 -extfile ts.cnf -extensions tsa_cert",
    ] {
        let output = run(&args.split(' ').collect::<Vec<_>>()).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/tsr", listener.local_addr().unwrap());
    let dir = dir.to_owned();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut length, mut line) = (0, String::new());
            while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            std::fs::write(dir.join("query.tsq"), body).unwrap();
            let made = Command::new("openssl")
                .args([
                    "ts",
                    "-reply",
                    "-config",
                    "ts.cnf",
                    "-section",
                    "tsa1",
                    "-queryfile",
                    "query.tsq",
                    "-out",
                    "reply.tsr",
                ])
                .current_dir(&dir)
                .output()
                .unwrap();
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
            let reply = std::fs::read(dir.join("reply.tsr")).unwrap();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                reply.len()
            );
            stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&reply)).unwrap();
        }
    });
    Some(address)
}

#[test]
fn a_timestamp_authority_stamps_a_checkpoint_and_openssl_confirms_it() {
    let desk = desk();
    let dir = tempfile::tempdir().unwrap();
    let Some(address) = authority(dir.path()) else {
        println!("skipped: openssl is not installed");
        return;
    };
    // Not reachable yet: queued, told, and nothing stops.
    configure(&desk, "[log]\ntimestamp_authority = \"http://127.0.0.1:9/tsr\"\n");
    desk.ok(&["log", "seal"]);
    assert!(desk.ok(&["log", "status"]).contains("failing"));
    configure(&desk, &format!("[log]\ntimestamp_authority = \"{address}\"\n"));
    desk.ok(&["export", "bundle", "i1", "-o", "case.zip"]);
    let said = desk.ok(&["verify", "case.zip"]);
    assert!(said.contains("stamped at"), "{said}");
    assert_eq!(both(&desk, "case.zip"), [(Some(0), Some(true)); 2]);
    let files = unzip(&desk.path("case.zip"));
    let file = |wanted: &str| files.iter().find(|(name, _)| name == wanted).unwrap().1.clone();
    let note = String::from_utf8(file("checkpoint")).unwrap();
    let text = format!("{}\n", note.split("\n\n").next().unwrap());
    std::fs::write(dir.path().join("text"), text).unwrap();
    std::fs::write(dir.path().join("token.tsr"), file("timestamps/1.tsr")).unwrap();
    let confirmed = Command::new("openssl")
        .args(["ts", "-verify", "-in", "token.tsr", "-data", "text", "-CAfile", "ca.pem"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(confirmed.status.success(), "{}", String::from_utf8_lossy(&confirmed.stderr));
    // A token whose signature was changed is found even when the manifest is changed with it.
    let mut bent = files.clone();
    let token = bent.iter_mut().find(|(name, _)| name == "timestamps/1.tsr").unwrap();
    let old = vedette_preserve::sha256(&token.1).hex();
    *token.1.last_mut().unwrap() ^= 1;
    let new = vedette_preserve::sha256(&token.1).hex();
    let manifest = bent.iter_mut().find(|(name, _)| name == "manifest.json").unwrap();
    manifest.1 = String::from_utf8(manifest.1.clone()).unwrap().replace(&old, &new).into_bytes();
    zipped(&desk.path("bent.zip"), &bent);
    assert_eq!(both(&desk, "bent.zip"), [(Some(1), Some(false)); 2]);
}
