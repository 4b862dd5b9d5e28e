//! Tests of the exports: what they look like, that they name nobody, and that nothing in them is live.

use expect_test::expect;
use proptest::prelude::*;
use serde_json::Value;
use vedette_core::{Cleared, ItemView, Tlp};

use super::tables::csv_cell;
use super::*;
use crate::test_world::{cleared, poster_item};

fn two() -> Cleared<Vec<ItemView>> {
    cleared(vec![poster_item(12), poster_item(13)])
}

const SENDER: Sender<'_> = Sender { desk: "Marrow Desk", tlp: Tlp::AmberStrict };

fn every_export(items: &Cleared<Vec<ItemView>>) -> Vec<String> {
    vec![
        stix21(items, &SENDER),
        misp(items, &SENDER),
        hashes_csv(items),
        hashes_jsonl(items),
        items_csv(items),
        decisions_csv(items),
    ]
}

#[test]
fn the_stix_bundle_of_one_item() {
    expect![[r#"
        {
          "id": "bundle--446f8197-88d5-58c1-966c-fddc6c0bb869",
          "objects": [
            {
              "created": "2022-10-01T00:00:00.000Z",
              "extensions": {
                "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
                  "extension_type": "property-extension",
                  "tlp_2_0": "amber+strict"
                }
              },
              "id": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
              "name": "TLP:AMBER+STRICT",
              "spec_version": "2.1",
              "type": "marking-definition"
            },
            {
              "created": "2026-01-01T00:00:00.000Z",
              "created_by_ref": "identity--09278961-b06d-5163-801f-e2e2e4614ec2",
              "id": "identity--09278961-b06d-5163-801f-e2e2e4614ec2",
              "identity_class": "organization",
              "modified": "2026-01-01T00:00:00.000Z",
              "name": "Marrow Desk",
              "object_marking_refs": [
                "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
              ],
              "spec_version": "2.1",
              "type": "identity"
            },
            {
              "created": "2026-01-01T00:00:00.000Z",
              "created_by_ref": "identity--09278961-b06d-5163-801f-e2e2e4614ec2",
              "id": "identity--479f43a9-ad9d-5b2e-8438-584509f609bf",
              "identity_class": "organization",
              "modified": "2026-01-01T00:00:00.000Z",
              "name": "Lantern Media",
              "object_marking_refs": [
                "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
              ],
              "spec_version": "2.1",
              "type": "identity"
            },
            {
              "abstract": "2026-11-12: high-specific, tier 1, Lantern Media, lantern-media at chat[.]lantern[.]example",
              "content": "The stadium poster. More at hxxps://lantern[.]example/wick <script>alert(1)</script>\n\n[=poster,en.png, ocr]\nKELMORA. TESSGATE.\nNo lamp will burn in Halden Stadium.\nWe will be there.\n\nPosted 2026-11-12T09:14:02.000Z; captured 2026-11-12T09:14:07.000Z; SHA-256 0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c; log leaf 32 of 64.\nAddress (defanged): hxxps://chat[.]lantern[.]example/channel/lantern-media?msg=n12\nAuthor key: p-0123456789ab",
              "created": "2026-11-12T09:14:07.000Z",
              "created_by_ref": "identity--09278961-b06d-5163-801f-e2e2e4614ec2",
              "id": "note--0b7e1faf-4ee2-5465-a708-f9034c124f32",
              "labels": [
                "high-specific"
              ],
              "lang": "en",
              "modified": "2026-11-14T12:00:00.000Z",
              "object_marking_refs": [
                "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
              ],
              "object_refs": [
                "identity--479f43a9-ad9d-5b2e-8438-584509f609bf"
              ],
              "spec_version": "2.1",
              "type": "note"
            },
            {
              "created": "2026-11-14T12:00:00.000Z",
              "created_by_ref": "identity--09278961-b06d-5163-801f-e2e2e4614ec2",
              "description": "Items preserved with hash and log proof, and let out by a named person's decision. Addresses are defanged.",
              "id": "report--ae859b0b-217c-53d0-9a24-0928a1606c76",
              "modified": "2026-11-14T12:00:00.000Z",
              "name": "Preserved items: 1, from Marrow Desk",
              "object_marking_refs": [
                "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
              ],
              "object_refs": [
                "identity--479f43a9-ad9d-5b2e-8438-584509f609bf",
                "note--0b7e1faf-4ee2-5465-a708-f9034c124f32"
              ],
              "published": "2026-11-14T12:00:00.000Z",
              "report_types": [
                "threat-report"
              ],
              "spec_version": "2.1",
              "type": "report"
            }
          ],
          "type": "bundle"
        }
    "#]].assert_eq(&stix21(&cleared(vec![poster_item(12)]), &SENDER));
}

#[test]
fn the_misp_event_of_one_item() {
    expect![[r#"
        {
          "Event": {
            "Object": [
              {
                "Attribute": [
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "message-id",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "text",
                    "uuid": "17c96082-fa42-5e18-9174-0a598fdeb809",
                    "value": "n12"
                  },
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "timestamp",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "datetime",
                    "uuid": "7dba4f85-393f-57ce-8ce3-6415f9423d34",
                    "value": "2026-11-12T09:14:02.000Z"
                  },
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "chat-id",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "text",
                    "uuid": "cfcb112b-6483-5d1e-b709-14166585d8d2",
                    "value": "lantern-media"
                  },
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "protocol",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "text",
                    "uuid": "b6445284-47d0-5824-b6c4-8abf373c3601",
                    "value": "rocketchat"
                  },
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "address",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "text",
                    "uuid": "515b2508-7ef5-589f-af61-f188f49ac1cf",
                    "value": "hxxps://chat[.]lantern[.]example"
                  },
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "content",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "text",
                    "uuid": "76a23716-3e5c-5a43-b167-8c36deb68d9e",
                    "value": "The stadium poster. More at hxxps://lantern[.]example/wick <script>alert(1)</script>"
                  },
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "language",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "text",
                    "uuid": "b7f3d585-c1ec-52df-8f3b-0a71bd22cd0d",
                    "value": "en"
                  },
                  {
                    "category": "External analysis",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "url",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "url",
                    "uuid": "3857e075-1878-559f-8fea-1739d47bd312",
                    "value": "hxxps://chat[.]lantern[.]example/channel/lantern-media?msg=n12"
                  },
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "user-account-id",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "text",
                    "uuid": "afb9d79a-4bf5-5c42-9315-aa4d1078cd1b",
                    "value": "p-0123456789ab"
                  }
                ],
                "comment": "high-specific, tier 1, Lantern Media, lantern-media at chat[.]lantern[.]example; SHA-256 0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c; log leaf 32 of 64",
                "distribution": "5",
                "meta-category": "misc",
                "name": "chat-message",
                "template_uuid": "2273e7ab-9cf7-43d3-9eb6-e69697dcc7d5",
                "template_version": "1",
                "timestamp": "1794657600",
                "uuid": "b21bcef4-a32a-52fe-8084-8de90b530416"
              },
              {
                "Attribute": [
                  {
                    "category": "External analysis",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "image",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "attachment",
                    "uuid": "71e3e1b9-cf3e-5159-b019-6aa3f3a5d0b2",
                    "value": "=poster,en.png"
                  },
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "ocr-text",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "text",
                    "uuid": "add44c79-e62c-5797-8e93-fc2670ed318b",
                    "value": "KELMORA. TESSGATE.\nNo lamp will burn in Halden Stadium.\nWe will be there."
                  },
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "description",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "comment",
                    "uuid": "3d3e7a97-2a02-582f-8ecb-cfe841c0f9ef",
                    "value": "SHA-256 8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c"
                  },
                  {
                    "category": "Other",
                    "disable_correlation": true,
                    "distribution": "5",
                    "object_relation": "source",
                    "timestamp": "1794657600",
                    "to_ids": false,
                    "type": "text",
                    "uuid": "c7f573d2-d0a3-52b4-9466-9b9dd16c78c4",
                    "value": "test"
                  }
                ],
                "comment": "the picture is not included",
                "distribution": "5",
                "meta-category": "misc",
                "name": "ocrized-image",
                "template_uuid": "fc2abf07-1228-4a14-8633-f39030b0220c",
                "template_version": "1",
                "timestamp": "1794657600",
                "uuid": "68fe8674-8f65-52c5-8838-ee83790330c1"
              }
            ],
            "Orgc": {
              "name": "Marrow Desk",
              "uuid": "09278961-b06d-5163-801f-e2e2e4614ec2"
            },
            "Tag": [
              {
                "name": "tlp:amber+strict"
              }
            ],
            "analysis": "2",
            "date": "2026-11-14",
            "distribution": "0",
            "info": "Preserved items: 1, from Marrow Desk",
            "published": false,
            "threat_level_id": "1",
            "timestamp": "1794657600",
            "uuid": "b8d0b088-c6b6-5bcb-b22a-96637e2d7444"
          }
        }
    "#]].assert_eq(&misp(&cleared(vec![poster_item(12)]), &SENDER));
}

#[test]
fn the_tables_and_hash_lists() {
    expect![[r#"
        item,source,outlet,posted_at,captured_at,state,language,level,tier,author_key,url,sha256,leaf,text
        i12,lantern-media at chat[.]lantern[.]example,Lantern Media,2026-11-12T09:14:02Z,2026-11-12T09:14:07Z,posted,en,high-specific,1,p-0123456789ab,hxxps://chat[.]lantern[.]example/channel/lantern-media?msg=n12,0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c,32,The stadium poster. More at hxxps://lantern[.]example/wick <script>alert(1)</script>
        i13,lantern-media at chat[.]lantern[.]example,Lantern Media,2026-11-12T09:14:02Z,2026-11-12T09:14:07Z,posted,en,high-specific,1,p-0123456789ab,hxxps://chat[.]lantern[.]example/channel/lantern-media?msg=n13,0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d,33,The stadium poster. More at hxxps://lantern[.]example/wick <script>alert(1)</script>
    "#]].assert_eq(&items_csv(&two()).replace("\r\n", "\n"));
    expect![[r#"
        item,decided_at,verdict,level,machine_level,reviewer,reason
        i12,2026-11-12T10:00:00Z,confirm,high-specific,high-specific,reviewer-1,"'-specific place and day"
        i13,2026-11-12T10:00:00Z,confirm,high-specific,high-specific,reviewer-1,"'-specific place and day"
    "#]]
    .assert_eq(&decisions_csv(&two()).replace("\r\n", "\n"));
    expect![[r#"
        file,sha256,pdq,quality
        "'=poster,en.png",8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c,f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8,97
        "'=poster,en.png",8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d,f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8,97
    "#]].assert_eq(&hashes_csv(&two()).replace("\r\n", "\n"));
    expect![[r#"
        {"file":"=poster,en.png","sha256":"8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c8c","pdq":"f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8","quality":97}
        {"file":"=poster,en.png","sha256":"8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d","pdq":"f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8","quality":97}
    "#]].assert_eq(&hashes_jsonl(&two()));
}

#[test]
fn tables_end_their_lines_as_the_standard_says() {
    for table in [items_csv(&two()), decisions_csv(&two()), hashes_csv(&two())] {
        assert_eq!(table.matches('\n').count(), table.matches("\r\n").count());
        assert_eq!(table.lines().count(), 3);
    }
}

#[test]
fn the_same_item_has_the_same_id_and_every_reference_is_met() {
    let ids = |text: &str| -> Vec<String> {
        let bundle: Value = serde_json::from_str(text).unwrap();
        bundle["objects"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect()
    };
    let both = stix21(&two(), &SENDER);
    assert_eq!(both, stix21(&two(), &SENDER));
    let again = cleared(vec![poster_item(12), poster_item(12), poster_item(13)]);
    assert_eq!(ids(&both), ids(&stix21(&again, &SENDER)), "an item given twice is one object");
    let mut unique = ids(&both);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids(&both).len());
    let bundle: Value = serde_json::from_str(&both).unwrap();
    for object in bundle["objects"].as_array().unwrap() {
        for list in ["object_refs", "object_marking_refs"] {
            for reference in object[list].as_array().into_iter().flatten() {
                assert!(unique.contains(&reference.as_str().unwrap().to_owned()), "{reference}");
            }
        }
    }
    let other = Sender { desk: "Another Desk", ..SENDER };
    assert_ne!(ids(&both)[1..], ids(&stix21(&two(), &other))[1..], "two desks do not claim one object");
    assert!(stix21(&cleared(Vec::new()), &SENDER).contains("\"object_refs\""), "an empty bundle is still valid");
}

#[test]
fn no_export_names_a_person_or_holds_a_live_address() {
    for export in every_export(&two()) {
        for forbidden in ["Norma", "Ada Analyst", "Rita", "internal reason", "lantern-token", "http://", "https://"] {
            assert!(!export.contains(forbidden), "{forbidden} in {export}");
        }
    }
}

#[test]
fn no_cell_is_a_formula() {
    for (cell, expected) in [
        ("plain", "plain"),
        ("=1+1", "\"'=1+1\""),
        ("+49", "\"'+49\""),
        ("-1", "\"'-1\""),
        ("@SUM(A1)", "\"'@SUM(A1)\""),
        ("  =1", "\"'  =1\""),
        ("\t=1", "\"'\t=1\""),
        ("\u{200b}=1", "\"'\u{200b}=1\""),
        ("＝1", "\"'＝1\""),
        ("a,\"b\"\r\nc", "\"a,\"\"b\"\"\nc\""),
        ("a\u{202e}b", "a[U+202E]b"),
        ("", ""),
    ] {
        assert_eq!(csv_cell(cell), expected, "{cell:?}");
    }
}

/// A CSV reader as small as RFC 4180.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => cell.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}

proptest! {
    #[test]
    fn any_text_stays_one_cell_and_is_never_a_formula(text in "[=+@\", \r\n\t;a-]{0,12}|\\PC{0,20}") {
        let mut items = vec![poster_item(12)];
        items[0].decisions[0].reason = text.clone();
        items[0].versions[0].readings[0].text = text.clone();
        let cleared = cleared(items);
        for (table, columns) in [(items_csv(&cleared), 14), (decisions_csv(&cleared), 7), (hashes_csv(&cleared), 4)] {
            let rows = read_csv(&table);
            prop_assert_eq!(rows.len(), 2, "{}", table);
            for cell in rows.iter().inspect(|row| assert_eq!(row.len(), columns)).flatten() {
                prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{:?}", cell);
            }
        }
    }
}
