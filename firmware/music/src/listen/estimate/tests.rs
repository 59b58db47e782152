//! The formula is there, and it is used as it was fitted.

use super::*;

/// A track whose features lie `spreads` from the fitted mean, along the weights of a quadrant.
fn towards(quadrant: usize, spreads: f32) -> Features {
    let value = |name: &&str| {
        let cue = FORMULA.cues.iter().find(|cue| cue.name == *name);
        cue.map_or(0.0, |cue| cue.mean + cue.spread * spreads * cue.weights[quadrant].signum())
    };
    Features::from_values(NAMES.iter().map(value).collect()).unwrap()
}

#[test]
fn the_built_in_formula_names_features_that_are_measured() {
    assert!(FORMULA.cues.len() > 20, "the coefficients can't be read");
    for cue in &FORMULA.cues {
        assert!(NAMES.contains(&cue.name.as_str()), "{} is not measured", cue.name);
        assert!(cue.spread > 0.0 && cue.weights.iter().all(|weight| weight.is_finite()), "{cue:?}");
    }
}

#[test]
fn each_quadrants_cues_lead_into_it_and_the_surer_the_further() {
    let alone = FeatureNormalisation::fitted();
    for (quadrant, (v, a)) in [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)].into_iter().enumerate() {
        let far = estimate_affect(&towards(quadrant, 1.0), &Tags::default(), &alone);
        let near = estimate_affect(&towards(quadrant, 0.1), &Tags::default(), &alone);
        assert!(far.affect.valence * v > 0.5 && far.affect.arousal * a > 0.5, "{quadrant}: {far:?}");
        assert!(far.uncertainty < near.uncertainty, "{quadrant}: {far:?} {near:?}");
    }
}

#[test]
fn a_library_is_its_own_measure_the_more_the_larger_it_is() {
    // Everything here is a little like the first quadrant; the middle of it is nothing special.
    let usual = towards(0, 0.4);
    let arousal = |count: usize| {
        let normalisation = FeatureNormalisation::among(std::iter::repeat_n(&usual, count));
        estimate_affect(&usual, &Tags::default(), &normalisation).affect.arousal
    };
    let (alone, few, many) = (arousal(0), arousal(5), arousal(1_000));
    assert!(alone > few && few > many && many < 0.6 * alone, "{alone} {few} {many}");
}

#[test]
fn a_small_library_unlike_the_fitted_clips_reaches_all_quadrants() {
    // Four tracks, one towards each quadrant, each of them 2.5 spreads from the fit in every feature.
    let shifted = |quadrant: usize| {
        let values = towards(quadrant, 0.5).values().to_vec();
        let shift = |(at, value): (usize, f32)| {
            let cue = FORMULA.cues.iter().find(|cue| cue.at == Some(at));
            value + cue.map_or(0.0, |cue| 2.5 * cue.spread)
        };
        Features::from_values(values.into_iter().enumerate().map(shift).collect()).unwrap()
    };
    let tracks: Vec<Features> = (0..4).map(shifted).collect();
    let normalisation = FeatureNormalisation::among(tracks.iter());
    for (track, (v, a)) in tracks.iter().zip([(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)]) {
        let affect = estimate_affect(track, &Tags::default(), &normalisation).affect;
        assert!(affect.valence * v > 0.0 && affect.arousal * a > 0.0, "{affect:?} is not at {v} {a}");
    }
}

#[test]
fn tags_join_as_a_prior_and_a_mood_tag_weighs_more_than_a_genre() {
    let sound = towards(1, 0.3);
    let alone = FeatureNormalisation::fitted();
    let with = |genre: Option<&str>, mood: Option<&str>| {
        let tags = Tags { genre: genre.map(Into::into), mood: mood.map(Into::into), ..Tags::default() };
        estimate_affect(&sound, &tags, &alone)
    };
    let (plain, genre, mood) =
        (with(None, None), with(Some("Disco"), None), with(Some("Disco"), Some("Happy; upbeat")));
    assert!(plain.affect.valence < genre.affect.valence && genre.affect.valence < mood.affect.valence);
    assert!(mood.uncertainty < genre.uncertainty && genre.uncertainty < plain.uncertainty);
    assert_eq!(with(Some("Other"), Some("???")), plain);
}

#[test]
fn genres_are_found_within_what_people_write() {
    for (text, name) in [("Death Metal", "metal"), ("Synthpop", "pop"), ("Hip-Hop/Rap", "rap")] {
        let expected = GENRES.iter().find(|(known, ..)| *known == name).unwrap();
        let found = genre_place(text).unwrap();
        assert!((found.valence - expected.1).abs() < 1e-6 && (found.arousal - expected.2).abs() < 1e-6, "{text}");
    }
    assert_eq!(genre_place("Other"), None);
    assert!(GENRES.iter().all(|(name, v, a)| v.abs() <= 1.0 && a.abs() <= 1.0 && *name == name.to_lowercase()));
}
