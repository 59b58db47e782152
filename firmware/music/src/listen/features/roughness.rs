//! Sensory dissonance: how much neighbouring partials beat (Plomp & Levelt 1965, in the form of Sethares 1993).

/// Partials that are compared with each other.
const PARTIALS: usize = 24;

/// The roughness of a set of partials `(frequency in Hz, amplitude)`, against their power; 0 for a pure tone.
pub(super) fn of(partials: &[(f32, f32)]) -> f32 {
    let mut loudest = partials.to_vec();
    loudest.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
    loudest.truncate(PARTIALS);
    let power: f32 = loudest.iter().map(|(_, amplitude)| amplitude * amplitude).sum();
    let mut sum = 0.0;
    for (at, &(f1, a1)) in loudest.iter().enumerate() {
        for &(f2, a2) in &loudest[at + 1..] {
            let (low, distance) = (f1.min(f2), (f1 - f2).abs());
            // The critical band widens with frequency.
            let scale = 0.24 / (0.0207 * low + 18.96);
            let x = scale * distance;
            sum += a1 * a2 * ((-3.51 * x).exp() - (-5.75 * x).exp());
        }
    }
    sum / power.max(1e-12)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_second_is_rougher_than_a_fifth_and_a_fifth_than_an_octave() {
        let tone = |f: f32| (1..=6_u8).map(move |k| (f * f32::from(k), 0.88_f32.powi(k.into())));
        let pair = |ratio: f32| of(&tone(261.6).chain(tone(261.6 * ratio)).collect::<Vec<_>>());
        let [second, third, fifth, octave] = [16.0 / 15.0, 5.0 / 4.0, 3.0 / 2.0, 2.0].map(pair);
        assert!(second > 1.5 * third && third > fifth && fifth > octave, "{second} {third} {fifth} {octave}");
    }
}
