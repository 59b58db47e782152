//! An axis: its range, rounded to steps that are easy to read, and the labels along it.

/// About how many steps an axis gets.
const STEPS: f64 = 5.0;

/// What the numbers along an axis are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::page) enum Unit {
    /// As they are.
    Plain,
    /// Shares of 0..=1, written as percentages.
    Percent,
    /// Counts: no step is smaller than 1.
    Whole,
}

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::page) struct Axis {
    /// What it shows.
    pub label: &'static str,
    /// The value at its beginning.
    pub from: f64,
    /// The value at its end; above `from`.
    pub to: f64,
    /// Values that are labelled.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis that holds all `values`, from a step below the least to a step above the largest.
    pub(in crate::page) fn around(label: &'static str, unit: Unit, values: impl IntoIterator<Item = f64>) -> Self {
        let ends = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), ends);
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let step = step(high - low, unit);
        let (from, to) = ((low / step).floor() * step, (high / step).ceil() * step);
        Self::of(label, unit, (from, if to > from { to } else { from + step }), step)
    }

    /// The whole of 0..=1.
    pub(in crate::page) fn share(label: &'static str) -> Self {
        Self::of(label, Unit::Percent, (0.0, 1.0), 0.2)
    }

    /// From `from` to `to`, which values can't leave; labels at whole steps between.
    pub(in crate::page) fn exact(label: &'static str, unit: Unit, from: f64, to: f64) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        Self::of(label, unit, (from, to), step(to - from, unit))
    }

    fn of(label: &'static str, unit: Unit, (from, to): (f64, f64), step: f64) -> Self {
        let decimals = decimals(if unit == Unit::Percent { 100.0 * step } else { step });
        let mut ticks = Vec::new();
        let mut tick = (from / step).ceil();
        while tick * step <= to + step / 1e3 {
            let value = tick * step;
            ticks.push((
                value,
                match unit {
                    Unit::Percent => format!("{:.decimals$} %", 100.0 * value),
                    Unit::Plain | Unit::Whole => format!("{value:.decimals$}"),
                },
            ));
            tick += 1.0;
        }
        Self { label, from, to, ticks }
    }

    /// How far along the axis `value` lies, 0..=1.
    pub(in crate::page) fn at(&self, value: f64) -> f64 {
        ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}

/// One, two or five times a power of ten, so that about [`STEPS`] of them make `range`.
fn step(range: f64, unit: Unit) -> f64 {
    let rough = if range > 0.0 { range / STEPS } else { 1.0 };
    let power = 10.0_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().map(|times| times * power).find(|&step| step >= rough);
    let step = step.unwrap_or(10.0 * power);
    if unit == Unit::Whole { step.max(1.0) } else { step }
}

/// Digits after the point that tell steps apart.
fn decimals(step: f64) -> usize {
    (0..8).find(|&digits| (0..digits).fold(step, |step, _: usize| 10.0 * step) >= 0.999).unwrap_or(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ranges_are_rounded_and_labelled() {
        let loss = Axis::around("loss", Unit::Plain, [0.98, 1.79, 1.2]);
        assert_eq!(labels(&loss), ["0.8", "1.0", "1.2", "1.4", "1.6", "1.8"]);
        let rate = Axis::around("rate", Unit::Plain, [0.0, 0.002]);
        assert_eq!(labels(&rate), ["0.0000", "0.0005", "0.0010", "0.0015", "0.0020"]);
        assert_eq!(labels(&Axis::share("share")), ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]);
        assert_eq!(labels(&Axis::exact("epoch", Unit::Whole, 1.0, 3.0)), ["1", "2", "3"]);
    }

    #[test]
    fn odd_values_leave_an_axis_that_can_be_drawn() {
        for values in [vec![], vec![f64::NAN], vec![0.5, 0.5], vec![0.0], vec![f64::INFINITY, 2.0]] {
            let axis = Axis::around("any", Unit::Plain, values.clone());
            assert!(axis.from < axis.to && axis.ticks.len() > 1, "{values:?} {axis:?}");
            assert!((0.0..=1.0).contains(&axis.at(0.5)));
        }
        assert!(Axis::exact("epoch", Unit::Whole, 1.0, 1.0).to > 1.0);
    }
}
