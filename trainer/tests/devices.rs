//! What `trainer devices` lists, run as a person runs it.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

use snapbox::cmd::{Command, cargo_bin};
use snapbox::str;

fn listing(words: &[&str]) -> String {
    let output = Command::new(cargo_bin!("trainer")).arg("devices").args(words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_back_end_is_listed_and_the_cpu_works() {
    let found: serde_json::Value = serde_json::from_str(&listing(&["--json"])).unwrap();
    let devices = found["devices"].as_array().unwrap();
    for name in ["cpu", "cuda", "metal", "rocm", "vulkan"] {
        let of_it = |device: &&serde_json::Value| device["device"].as_str().unwrap().starts_with(name);
        let device = devices.iter().find(of_it).unwrap_or_else(|| panic!("{name} is missing: {found}"));
        let built_in = device["state"] != "not_built_in";
        let feature = match name {
            "cpu" => true,
            "cuda" => cfg!(feature = "cuda"),
            "metal" => cfg!(feature = "metal"),
            "rocm" => cfg!(feature = "rocm"),
            _ => cfg!(feature = "vulkan"),
        };
        assert_eq!(built_in, feature, "{device}");
        if !built_in {
            let build = format!("cargo build --release -p trainer --features {name},tuned");
            assert_eq!(device["build"], build, "{device}");
        }
    }
    let cpu = &devices[0];
    assert_eq!((&cpu["device"], &cpu["state"]), (&"cpu".into(), &"ok".into()), "{cpu}");
    assert!(cpu["driver"].as_str().unwrap().starts_with("flex, "), "{cpu}");
    assert!(cpu["difference"].as_f64().unwrap() < 1e-5, "{cpu}");
    assert!(cpu["seconds"].as_f64().unwrap() > 0.0, "{cpu}");
}

#[test]
fn the_text_has_a_line_for_each() {
    let text = listing(&[]);
    assert!(text.starts_with("cpu       ok      as the CPU to "), "{text}");
    if !cfg!(feature = "rocm") {
        let line = "rocm      -       not in this build: cargo build --release -p trainer --features rocm,tuned\n";
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn the_hidden_command_tells_its_steps_and_why_it_fails() {
    let tried = |device: &str| Command::new(cargo_bin!("trainer")).args(["try-device", device]).assert();
    tried("cpu").success().stdout_eq(str![[r#"
{"driver":"flex, [..]"}
{"step":"forward"}
{"step":"backward"}
{"difference":[..]}

"#]]);
    if !cfg!(feature = "cuda") {
        tried("cuda").success().stdout_eq(str![[r#"
{"failed":"this trainer was built without `cuda`"}

"#]]);
    }
    tried("gpu").code(2).stderr_eq(str![[r#"
error: invalid value 'gpu' for '<DEVICE>': a device is one of cpu, cuda, metal, rocm, vulkan; all but cpu may carry a number, as in vulkan:1

For more information, try '--help'.

"#]]);
}

#[test]
fn training_on_a_device_that_is_not_in_this_build() {
    if cfg!(feature = "cuda") {
        eprintln!("skipped: cuda is in this build");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let words = ["train", "--data", "synthetic:70", "--run", "run", "--device", "cuda:1"];
    Command::new(cargo_bin!("trainer")).current_dir(folder.path()).args(words).assert().code(2).stderr_eq(str![[r#"
error: this trainer was built without `cuda`
  hint: build it with `cargo build --release -p trainer --features cuda,tuned`, or leave `--device` out for the CPU

"#]]);
    assert!(!folder.path().join("run").exists(), "a run that can't begin leaves no folder");
}
