//! Public keys, and what people paste instead.

use super::*;
use data_encoding::BASE64;

const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCsJNWJYA1Z+GHmXF5/zp7Sixs7/NhWga1s5K4Bq6OK4H8CHjS64jPf94PjGizIo78DtMCcn3KSE0x3YZ7GLpcA3veihT6+nwUxHRCF0GNv9ryfm2lygJFLxBxTpnk9r3oKbHi15dJGVw3jZvhHAOOuRS8iXOy26ylTMr3hwW1kJLUHIXoa23V3B1Tvw/ZlR4FrRUEwzKsoyaZmfJS+zcKcpy9VvNOzP16nD4Bo20L+512JoRUvgHu6R7vf/jtgSlpQyN+cEn26RNDx3hFy/HASKrwOWh4EtrWGa9UoyMfH581i6M84dsc6fLSwPYn6ITsHdgMb+ao9p0J4NtMKeX11 me@host";
const RSA_1024: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC6O6727Pi9sME1bOFRz0LROvZlvNsz3WIdrsmD0ywdJA/tBlO/EwgI/9PBMwClHV2F1bsJklEeEperj0iYNLtdmcD8icLaE7EhWD8jkswRtZ6QoEijFhl3v5ITyQH1JTh1dpS2FSo+qyoj7y5WpHYQmFAVEKNbszHEJLkMR2qBew== me@host";
const ECDSA: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGE2/5Pm3XU8p8bi57r/MB1t18ufYdhOo+UA1ipvdlyvfoX59s9oPTpMEJjmTF0UfQaC7YuFjJvM6xeBgXrvl7U= me@host";
const ECDSA_521: &str = "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAFT67SVXdORPcypEKcuJenZYiRnIbBviPBgnHSeugJxXVlTNbxfHFACtsPjYljyf5a3WK4dxN+C6GyHB/4W2snNbgDrM6uuCZ5RvSc+uhm7SulaMUqFIcOZBqRXjMRoHqD+zn0ADmaAZwnevROut340WM76KESzTIFvKk6T5IjW6uykuA== me@host";

fn fields(parts: &[&[u8]]) -> String {
    let length = |part: &[u8]| u32::try_from(part.len()).unwrap().to_be_bytes();
    BASE64.encode(&parts.iter().flat_map(|part| [&length(part), *part].concat()).collect::<Vec<u8>>())
}

#[test]
fn keys_are_sound_to_their_last_byte() {
    let token =
        format!("sk-ssh-ed25519@openssh.com {} me", fields(&[b"sk-ssh-ed25519@openssh.com", &[7; 32], b"ssh:"]));
    for sound in [KEY, RSA, ECDSA, ECDSA_521, &token, KEY.rsplit_once(' ').unwrap().0] {
        assert_eq!(names::checked_key(sound), Ok(sound.to_owned()));
    }
    assert_eq!(names::checked_key(&KEY.replace(' ', "  \t")).ok(), None, "a tab is a control character");
    assert_eq!(names::checked_key(&KEY.replace(' ', "   ")), Ok(KEY.to_owned()));
    let body = KEY.split(' ').nth(1).unwrap();
    for damaged in [
        "ssh-ed25519".to_owned(),
        "ssh-ed25519 AAAA me@host".to_owned(),
        format!("ssh-ed25519 {}", &body[..body.len() - 4]),
        format!("ssh-ed25519 {}", &body[..body.len() - 1]),
        format!("ssh-ed25519 {body}AAAA"),
        format!("ssh-rsa {body}"),
        format!("ssh-ed25519 {}", fields(&[b"ssh-ed25519", &[1; 31]])),
        format!("ssh-ed25519 {}", fields(&[b"ssh-rsa", &[1; 32]])),
        format!("ecdsa-sha2-nistp256 {}", fields(&[b"ecdsa-sha2-nistp256", b"nistp384", &[4; 65]])),
        format!("ecdsa-sha2-nistp256 {}", fields(&[b"ecdsa-sha2-nistp256", b"nistp256", &[3; 65]])),
        format!("sk-ssh-ed25519@openssh.com {}", fields(&[b"sk-ssh-ed25519@openssh.com", &[7; 32]])),
        format!("ssh-ed25519 {}", BASE64.encode(&[0xFF; 8])),
        "ssh-ed25519 not*base64".to_owned(),
    ] {
        let (what, hint) = names::checked_key(&damaged).unwrap_err();
        assert!(what.contains("no public key") && hint.contains(".pub"), "{damaged}: {what}");
    }
}

#[test]
fn what_is_pasted_instead_of_a_key_is_called_by_its_name() {
    for (pasted, word) in [
        (RSA_1024.to_owned(), None),
        (format!("ssh-rsa {}", fields(&[b"ssh-rsa", &[1, 0, 1], &[0, 0x7F, 1, 1]])), Some("23 bits")),
        ("-----BEGIN OPENSSH PRIVATE KEY-----".to_owned(), Some("private key")),
        ("PuTTY-User-Key-File-3: ssh-ed25519".to_owned(), Some("private key")),
        ("---- BEGIN SSH2 PUBLIC KEY ----".to_owned(), Some("PuTTY")),
        ("~/.ssh/id_ed25519.pub".to_owned(), Some("name of a file")),
        ("C:\\Users\\me\\.ssh\\id_rsa.pub".to_owned(), Some("name of a file")),
        ("SHA256:abcdef".to_owned(), Some("fingerprint")),
        ("ssh-dss AAAAB3NzaC1kc3M=".to_owned(), Some("no longer")),
        ("ssh-ed25519-cert-v01@openssh.com AAAA".to_owned(), Some("certificate")),
        (format!("no-pty {KEY}"), Some("before it")),
        ("hello".to_owned(), Some("no public key")),
        ("ssh-ed25519\u{7} AAAA".to_owned(), Some("control")),
    ] {
        match (names::checked_key(&pasted), word) {
            (Ok(_), None) => {}
            (Err((what, _)), Some(word)) => assert!(what.contains(word), "{pasted}: {what}"),
            (found, _) => panic!("{pasted}: {found:?}"),
        }
    }
}

#[test]
fn one_bad_key_takes_none_of_the_others_down() {
    let list =
        format!("[system]\nssh_key = [\n  \"{KEY}\",\n  'ssh-ed25519 AAAA',\n  '{RSA}', # mine\n  '{KEY}',\n  7,\n]\n");
    let answer = image(list.as_bytes());
    assert_eq!(answer.files["authorized_keys"], format!("{KEY}\n{RSA}\n"));
    assert_eq!(answer.problems.iter().map(|(_, problem)| problem.line).collect::<Vec<_>>(), [4, 7]);
    let lines = format!("[system]\nssh_key = '''\n# my laptop\n{KEY}\r\n\n  {RSA}\n'''\n");
    assert_eq!(image(lines.as_bytes()).files["authorized_keys"], format!("{KEY}\n{RSA}\n"));
    assert!(image(lines.as_bytes()).problems.is_empty());
    // A private key is one problem, however many lines it has, and none of it is told.
    let private = format!(
        "[system]\nssh_key = '''\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNza\nQyNTUxOQAA\n-----END OPENSSH PRIVATE KEY-----\n{KEY}'''\n"
    );
    let answer = image(private.as_bytes());
    assert_eq!(answer.problems.iter().count(), 1, "{}", answer.problems);
    assert_eq!(answer.files["authorized_keys"], format!("{KEY}\n"));
    assert!(!answer.problems.to_string().contains("QyNTUxOQAA"));
}
