//! The seed of Raspberry Pi OS: what its cloud-init (NoCloud) does at the first start, and what the firmware needs.
//!
//! The files are YAML written as JSON, which is YAML: a name or a password may hold any letter and can't break out.

use super::wifi::Network;
use super::{Settings, dac};
use data_encoding::{BASE64, HEXLOWER};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Where Raspberry Pi OS mounts the card's first partition.
const BOOT: &str = "/boot/firmware";

#[derive(Serialize)]
struct UserData<'a> {
    hostname: &'a str,
    manage_etc_hosts: bool,
    manage_resolv_conf: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<&'a str>,
    user: User<'a>,
    ssh_pwauth: bool,
    /// Another owner's file is no other board: its host keys stay.
    ssh_deletekeys: bool,
    write_files: [Written; 1],
    runcmd: Vec<Vec<String>>,
}

/// The system's own user; the others of its settings, such as its groups, stay.
#[derive(Serialize)]
struct User<'a> {
    name: &'a str,
    shell: &'static str,
    lock_passwd: bool,
    /// There is no password to ask for.
    sudo: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    ssh_authorized_keys: &'a [String],
}

/// A file of the system. In base64, as YAML takes fewer letters than TOML does.
#[derive(Serialize)]
struct Written {
    path: &'static str,
    encoding: &'static str,
    content: String,
    permissions: &'static str,
}

#[derive(Serialize)]
struct Netplan<'a> {
    version: u8,
    ethernets: BTreeMap<&'static str, Ethernet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wifis: Option<BTreeMap<&'static str, Wifi<'a>>>,
}

#[derive(Serialize)]
struct Ethernet {
    dhcp4: bool,
    optional: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Wifi<'a> {
    dhcp4: bool,
    optional: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    regulatory_domain: Option<&'a str>,
    access_points: BTreeMap<&'a str, AccessPoint>,
}

#[derive(Serialize)]
struct AccessPoint {
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<Auth>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Auth {
    key_management: &'static str,
}

/// The files, by name. `package` is the Debian package beside them, `boxes_part` the box's configuration.
pub(super) fn files(
    settings: &Settings,
    package: Option<&str>,
    boxes_part: &str,
    problems: &str,
) -> serde_json::Result<Vec<(&'static str, String)>> {
    let user_data = format!(
        "#cloud-config\n# Written by Moodbox; JSON is YAML.\n{}\n",
        serde_json::to_string_pretty(&user_data(settings, package, boxes_part))?
    );
    let netplan = BTreeMap::from([("network", netplan(settings))]);
    let network_config = format!("{}\n", serde_json::to_string_pretty(&netplan)?);
    let config = config(settings);
    // A country without a network is the kernel's business.
    let country = match (&settings.wifi, &settings.country) {
        (None, Some(country)) => format!(" cfg80211.ieee80211_regdom={country}"),
        _ => String::new(),
    };
    // Of what is made, not of the owner's file, whose password could be guessed faster by the sum.
    let mut sum = Sha256::new();
    for part in [&user_data, &network_config, &config, &country, boxes_part, problems] {
        sum.update(part.len().to_le_bytes());
        sum.update(part);
    }
    let sum = HEXLOWER.encode(&sum.finalize());
    let id = format!("moodbox-{}", &sum[..12]);
    Ok(vec![
        ("meta-data", format!("instance-id: {id}\n")),
        ("user-data", user_data),
        ("network-config", network_config),
        ("cmdline", format!(" ds=nocloud;i={id}{country}")),
        ("config", config),
    ])
}

fn user_data<'a>(settings: &'a Settings, package: Option<&str>, boxes_part: &str) -> UserData<'a> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let name = settings.user.as_deref().unwrap_or("pi");
    let mut runcmd = Vec::new();
    // First of all the way in, so that it is open whatever becomes of the rest.
    if !settings.keys.is_empty() {
        runcmd.push(words(&["systemctl", "enable", "--now", "ssh"]));
    }
    // Raspberry Pi OS keeps Wi-Fi switched off until it knows the country; it knows it now.
    if settings.wifi.is_some() && settings.country.is_some() {
        runcmd.push(words(&["sh", "-c", "rfkill unblock wifi; nmcli radio wifi on"]));
    }
    // The system's own dialog for the first user's name would wait at a screen, and warns everybody who logs in.
    runcmd.push(words(&["sh", "-c", &format!("! command -v cancel-rename || cancel-rename {name}")]));
    if let Some(package) = package {
        // The owner's configuration is there already, and stays; so does a newer package.
        runcmd.push(words(&[
            "sh",
            "-c",
            &format!(
                "dpkg --force-confold --refuse-downgrade -i {BOOT}/{package} >/run/moodbox-setup.log 2>&1 || \
                 {{ echo 'the package {package} could not be installed:'; cat /run/moodbox-setup.log; }} | \
                 tee {BOOT}/moodbox-problems.txt | systemd-cat -t moodbox-setup -p err"
            ),
        ]));
        // Where it ran before, it reads its configuration anew.
        runcmd.push(words(&["systemctl", "try-restart", "moodbox.service"]));
    }
    UserData {
        hostname: settings.hostname.as_deref().unwrap_or("moodbox"),
        manage_etc_hosts: true,
        manage_resolv_conf: false,
        timezone: settings.timezone.as_deref(),
        user: User {
            name,
            shell: "/bin/bash",
            lock_passwd: true,
            sudo: "ALL=(ALL) NOPASSWD:ALL",
            ssh_authorized_keys: &settings.keys,
        },
        ssh_pwauth: false,
        ssh_deletekeys: false,
        write_files: [Written {
            path: "/etc/moodbox/moodbox.toml",
            encoding: "b64",
            content: BASE64.encode(boxes_part.as_bytes()),
            permissions: "0644",
        }],
        runcmd,
    }
}

fn netplan(settings: &Settings) -> Netplan<'_> {
    let wifi = |network| Wifi {
        dhcp4: true,
        optional: true,
        regulatory_domain: settings.country.as_deref(),
        access_points: BTreeMap::from([access_point(network)]),
    };
    Netplan {
        version: 2,
        ethernets: BTreeMap::from([("eth0", Ethernet { dhcp4: true, optional: true })]),
        wifis: settings.wifi.as_ref().map(|network| BTreeMap::from([("wlan0", wifi(network))])),
    }
}

fn access_point(network: &Network) -> (&str, AccessPoint) {
    let password = network.key();
    let auth = password.is_none().then_some(Auth { key_management: "none" });
    (&network.name, AccessPoint { password, auth, hidden: network.hidden })
}

/// What `config.txt` needs below `[all]`.
fn config(settings: &Settings) -> String {
    let mut lines = settings.dac.as_deref().map(dac::line).unwrap_or_default();
    if settings.spi {
        lines += "dtparam=spi=on\n";
        // The bus's clock is made of the core's, which would change with the load. Not on a Pi 5, where it has its own.
        lines += "[pi3]\ncore_freq=250\n[pi02]\ncore_freq=250\n[pi4]\ncore_freq_min=500\n[all]\n";
    }
    lines
}
