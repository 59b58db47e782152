//! Where music of a genre usually lies. Set by hand after the order in which listeners place genres (Rentfrow & Gosling
//! 2003; Griffiths et al. 2021), so it is trusted little.

use mood::Affect;

/// How far a track may lie from its genre's place.
pub(super) const DOUBT: f32 = 0.6;

/// Part of a genre's name, valence, arousal. The first that is found holds, so `dark` comes before `ambient`.
const GENRES: &[(&str, f32, f32)] = &[
    ("metal", -0.45, 0.65),
    ("hardcore", -0.4, 0.7),
    ("grindcore", -0.5, 0.8),
    ("punk", 0.05, 0.65),
    ("industrial", -0.4, 0.5),
    ("dark", -0.5, -0.1),
    ("drone", -0.25, -0.5),
    ("ambient", 0.05, -0.6),
    ("new age", 0.35, -0.6),
    ("lullab", 0.4, -0.7),
    ("chill", 0.3, -0.4),
    ("lounge", 0.4, -0.35),
    ("easy listening", 0.4, -0.35),
    ("bossa", 0.45, -0.25),
    ("swing", 0.55, 0.3),
    ("bebop", 0.3, 0.25),
    ("jazz", 0.3, -0.15),
    ("gospel", 0.45, 0.15),
    ("soul", 0.35, 0.05),
    ("funk", 0.5, 0.4),
    ("disco", 0.6, 0.5),
    ("reggae", 0.45, 0.0),
    ("ska", 0.5, 0.5),
    ("salsa", 0.55, 0.5),
    ("samba", 0.55, 0.45),
    ("latin", 0.45, 0.3),
    ("rap", -0.1, 0.35),
    ("hip hop", -0.05, 0.3),
    ("hip-hop", -0.05, 0.3),
    ("house", 0.3, 0.45),
    ("techno", 0.05, 0.5),
    ("trance", 0.25, 0.45),
    ("drum and bass", 0.0, 0.6),
    ("dubstep", -0.1, 0.5),
    ("dance", 0.45, 0.5),
    ("electro", 0.1, 0.3),
    ("goth", -0.5, 0.1),
    ("emo", -0.3, 0.3),
    ("grunge", -0.3, 0.4),
    ("blues", -0.1, -0.1),
    ("country", 0.35, 0.0),
    ("bluegrass", 0.45, 0.3),
    ("folk", 0.1, -0.3),
    ("singer", 0.0, -0.35),
    ("requiem", -0.5, -0.3),
    ("opera", 0.0, 0.05),
    ("baroque", 0.2, -0.15),
    ("classical", 0.1, -0.35),
    ("piano", 0.05, -0.45),
    ("soundtrack", -0.1, -0.15),
    ("children", 0.6, 0.2),
    ("k-pop", 0.5, 0.45),
    ("indie", 0.05, 0.05),
    ("pop", 0.35, 0.2),
    ("rock", 0.05, 0.4),
];

/// The place of a genre; `None` for one that isn't known.
pub(super) fn place(genre: &str) -> Option<Affect> {
    let genre = genre.to_lowercase();
    let found = GENRES.iter().find(|(name, ..)| genre.contains(name));
    found.map(|&(_, valence, arousal)| Affect { valence, arousal })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genres_are_found_within_what_people_write() {
        for (text, name) in [("Death Metal", "metal"), ("Synthpop", "pop"), ("Hip-Hop/Rap", "rap")] {
            let expected = GENRES.iter().find(|(known, ..)| *known == name).unwrap();
            let found = place(text).unwrap();
            assert!((found.valence - expected.1).abs() < 1e-6 && (found.arousal - expected.2).abs() < 1e-6, "{text}");
        }
        assert_eq!(place("Other"), None);
        assert!(GENRES.iter().all(|(name, v, a)| v.abs() <= 1.0 && a.abs() <= 1.0 && *name == name.to_lowercase()));
    }
}
