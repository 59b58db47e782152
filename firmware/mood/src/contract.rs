//! What model and firmware must agree on. It travels inside the ONNX file, in `metadata_props`.

use crate::{error::ModelError, expression::Expression};
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// The version of the contract this build reads and writes.
pub const VERSION: u32 = 1;

/// Height and width of the input tensor this build feeds, in pixels: the size of a FER-2013 picture.
pub const SIDE: u32 = 48;

/// Which data set's labels a network answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabelSet {
    /// The seven labels of FER-2013.
    Fer2013,
    /// The eight labels of FER+.
    FerPlus,
}

impl LabelSet {
    /// Every label set this build knows.
    pub const ALL: [Self; 2] = [Self::Fer2013, Self::FerPlus];

    /// The name in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fer2013 => "fer2013",
            Self::FerPlus => "ferplus",
        }
    }

    /// The data set's own label names, in its own order.
    pub const fn label_names(self) -> &'static [&'static str] {
        match self {
            Self::Fer2013 => &["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"],
            Self::FerPlus => &["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"],
        }
    }

    /// The expressions its classes stand for, in its own order.
    pub const fn labels(self) -> &'static [Expression] {
        use Expression::{Angry, Contempt, Disgust, Fear, Happy, Neutral, Sad, Surprise};
        match self {
            Self::Fer2013 => &[Angry, Disgust, Fear, Happy, Sad, Surprise, Neutral],
            Self::FerPlus => &[Neutral, Happy, Surprise, Sad, Angry, Disgust, Fear, Contempt],
        }
    }

    /// The class of an expression; `None` when it has no such label.
    pub fn class_of(self, expression: Expression) -> Option<usize> {
        self.labels().iter().position(|&label| label == expression)
    }

    /// The data set's own name for an expression; `None` when it has no such label.
    pub fn label_of(self, expression: Expression) -> Option<&'static str> {
        self.class_of(expression).map(|class| self.label_names()[class])
    }
}

const CONTRACT_VERSION: &str = "moodbox.contract_version";
const INPUT_SHAPE: &str = "moodbox.input_shape";
const MEAN: &str = "moodbox.mean";
const DEVIATION: &str = "moodbox.deviation";
const LABEL_SET: &str = "moodbox.label_set";
const LABELS: &str = "moodbox.labels";
const TEMPERATURE: &str = "moodbox.temperature";
/// Optional, and only together: pleasant, then unpleasant.
const THRESHOLDS: &str = "moodbox.thresholds";

// The ranges catch the wrong unit, such as a mean meant for luminances of 0..=1.
const MEAN_RANGE: RangeInclusive<f32> = 0.0..=255.0;
const DEVIATION_RANGE: RangeInclusive<f32> = 1.0..=255.0;
const TEMPERATURE_RANGE: RangeInclusive<f32> = 0.05..=20.0;
const THRESHOLD_RANGE: RangeInclusive<f32> = 0.0..=1.0;

/// The smallest confidence that counts as an answer.
///
/// Asymmetric: to be told wrongly that one looks angry costs more than the reverse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// For happy, surprised and neutral, 0..=1.
    pub pleasant: f32,
    /// For angry, disgusted, afraid, sad and contemptuous, 0..=1.
    pub unpleasant: f32,
}

impl Thresholds {
    /// Those of a network whose file names none.
    pub const DEFAULT: Self = Self { pleasant: 0.4, unpleasant: 0.6 };

    /// The smallest confidence with which this expression counts.
    pub const fn least(&self, expression: Expression) -> f32 {
        if expression.is_unpleasant() { self.unpleasant } else { self.pleasant }
    }

    /// The same with another confidence for the pleasant ones, 0..=1; an unpleasant one needs as much more as before.
    #[must_use]
    pub const fn moved_to(self, pleasant: f32) -> Self {
        let more = (self.unpleasant - self.pleasant).max(0.0);
        Self { pleasant, unpleasant: (pleasant + more).min(1.0) }
    }
}

/// Input shape, normalisation, labels, version and calibration of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// Height and width of the input tensor, which is `1 x 1 x side x side`.
    pub side: u32,
    /// Subtracted from a luminance of 0..=255.
    pub mean: f32,
    /// What the difference is divided by; positive.
    pub deviation: f32,
    /// Where the labels come from.
    pub label_set: LabelSet,
    /// The labels, in the order of the logits: every label of the set once.
    pub labels: Vec<Expression>,
    /// Calibration: logits are divided by it before the softmax; positive (Guo et al. 2017).
    pub temperature: f32,
    /// When to doubt, as chosen on validation data; `None` in a file that does not say.
    pub thresholds: Option<Thresholds>,
}

impl Contract {
    /// The contract of a network for `label_set` with the usual 48x48 input in -1..=1.
    pub fn new(label_set: LabelSet) -> Self {
        let labels = label_set.labels().to_vec();
        Self { side: SIDE, mean: 127.5, deviation: 127.5, label_set, labels, temperature: 1.0, thresholds: None }
    }

    /// One luminance as the network sees it.
    pub fn normalise(&self, luminance: u8) -> f32 {
        (f32::from(luminance) - self.mean) / self.deviation
    }

    /// The pairs to write into `metadata_props`; [`Contract::from_metadata`] reads them back unchanged.
    pub fn to_metadata(&self) -> Vec<(String, String)> {
        let name = |&expression: &Expression| self.label_set.label_of(expression).unwrap_or(expression.name());
        let labels: Vec<&str> = self.labels.iter().map(name).collect();
        let thresholds = self.thresholds.map(|both| (THRESHOLDS, format!("{},{}", both.pleasant, both.unpleasant)));
        [
            (CONTRACT_VERSION, VERSION.to_string()),
            (INPUT_SHAPE, input_shape(self.side)),
            (MEAN, self.mean.to_string()),
            (DEVIATION, self.deviation.to_string()),
            (LABEL_SET, self.label_set.name().to_owned()),
            (LABELS, labels.join(",")),
            (TEMPERATURE, self.temperature.to_string()),
        ]
        .into_iter()
        .chain(thresholds)
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
    }

    /// Reads the pairs of `metadata_props`. Keys outside `moodbox.` are left alone.
    ///
    /// # Errors
    /// When a key is missing, given twice, unknown, or holds what this build doesn't know. The version is judged first:
    /// a model of another version is told so, not that its labels are odd.
    pub fn from_metadata<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, ModelError> {
        let props = Props::collect(pairs)?;
        props.expect(CONTRACT_VERSION, &VERSION.to_string())?;
        props.refuse_unknown()?;
        props.expect(INPUT_SHAPE, &input_shape(SIDE))?;
        let label_set = props.label_set()?;
        Ok(Self {
            side: SIDE,
            mean: props.number(MEAN, MEAN_RANGE)?,
            deviation: props.number(DEVIATION, DEVIATION_RANGE)?,
            label_set,
            labels: props.labels(label_set)?,
            temperature: props.number(TEMPERATURE, TEMPERATURE_RANGE)?,
            thresholds: props.thresholds()?,
        })
    }
}

/// The input tensor's shape as the contract writes it (NCHW).
fn input_shape(side: u32) -> String {
    format!("1x1x{side}x{side}")
}

/// The `moodbox.` pairs of a model.
struct Props<'a>(HashMap<&'a str, &'a str>);

impl<'a> Props<'a> {
    fn collect(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, ModelError> {
        let mut props = HashMap::new();
        for (key, value) in pairs.into_iter().filter(|(key, _)| key.starts_with("moodbox.")) {
            if let Some(first) = props.insert(key, value) {
                let (key, first, second) = (key.to_owned(), first.to_owned(), value.to_owned());
                return Err(ModelError::DuplicateKey { key, first, second });
            }
        }
        Ok(Self(props))
    }

    /// A key of a later contract may change the meaning of those we know, so it isn't skipped.
    fn refuse_unknown(&self) -> Result<(), ModelError> {
        const KNOWN: [&str; 8] =
            [CONTRACT_VERSION, INPUT_SHAPE, MEAN, DEVIATION, LABEL_SET, LABELS, TEMPERATURE, THRESHOLDS];
        match self.0.keys().filter(|key| !KNOWN.contains(key)).min() {
            None => Ok(()),
            Some(&key) => Err(mismatch("metadata", key, KNOWN.join(", "))),
        }
    }

    fn get(&self, key: &'static str) -> Result<&'a str, ModelError> {
        self.0.get(key).copied().ok_or(ModelError::MissingKey(key))
    }

    fn expect(&self, key: &'static str, expected: &str) -> Result<(), ModelError> {
        let found = self.get(key)?;
        if found == expected { Ok(()) } else { Err(mismatch(key, found, expected)) }
    }

    fn number(&self, key: &'static str, range: RangeInclusive<f32>) -> Result<f32, ModelError> {
        let found = self.get(key)?;
        // NaN is in no range.
        found
            .parse()
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| mismatch(key, found, format!("a number in {}..={}", range.start(), range.end())))
    }

    /// `None` when the file has none: networks made before they were part of the contract still work.
    fn thresholds(&self) -> Result<Option<Thresholds>, ModelError> {
        let Some(found) = self.0.get(THRESHOLDS).copied() else { return Ok(None) };
        let number = |text: &str| text.parse().ok().filter(|number| THRESHOLD_RANGE.contains(number));
        let both = found.split_once(',').and_then(|(first, second)| Some((number(first)?, number(second)?)));
        match both {
            Some((pleasant, unpleasant)) => Ok(Some(Thresholds { pleasant, unpleasant })),
            None => Err(mismatch(THRESHOLDS, found, "two numbers in 0..=1 with a comma between")),
        }
    }

    fn label_set(&self) -> Result<LabelSet, ModelError> {
        let found = self.get(LABEL_SET)?;
        LabelSet::ALL
            .into_iter()
            .find(|set| set.name() == found)
            .ok_or_else(|| mismatch(LABEL_SET, found, LabelSet::ALL.map(LabelSet::name).join(" or ")))
    }

    /// Every label of the set once, in whatever order the network was trained with.
    fn labels(&self, set: LabelSet) -> Result<Vec<Expression>, ModelError> {
        let found = self.get(LABELS)?;
        let names: Vec<&str> = found.split(',').collect();
        let complete = names.len() == set.label_names().len() && set.label_names().iter().all(|n| names.contains(n));
        let labels = names.iter().filter_map(|name| Expression::from_label(name)).collect();
        let expected = || format!("each of {} once", set.label_names().join(","));
        if complete { Ok(labels) } else { Err(mismatch(LABELS, found, expected())) }
    }
}

fn mismatch(key: &'static str, found: impl Into<String>, expected: impl Into<String>) -> ModelError {
    ModelError::Mismatch { key, found: found.into(), expected: expected.into() }
}
