//! The expressions a face can show, and the names the data sets give them.

use serde::{Deserialize, Serialize};

/// An expression read from a face: what the face shows, never what the person feels.
///
/// The seven of FER-2013 and `Contempt`, which FER+ adds. Serialised by its [name](Expression::name).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expression {
    /// Brows down, lips pressed or teeth shown.
    Angry,
    /// Nose wrinkled, upper lip raised.
    Disgust,
    /// Brows up and together, eyes wide, lips stretched.
    Fear,
    /// A smile.
    Happy,
    /// Inner brows up, corners of the lips down.
    Sad,
    /// Brows up, jaw dropped.
    Surprise,
    /// None of the others.
    Neutral,
    /// One corner of the lips tightened; FER+ only.
    Contempt,
}

impl Expression {
    /// All expressions, in the order of FER-2013's label numbers, then FER+'s extra one.
    pub const ALL: [Self; 8] =
        [Self::Angry, Self::Disgust, Self::Fear, Self::Happy, Self::Sad, Self::Surprise, Self::Neutral, Self::Contempt];

    /// The name Moodbox prints and stores, whatever the label set calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Angry => "angry",
            Self::Disgust => "disgust",
            Self::Fear => "fear",
            Self::Happy => "happy",
            Self::Sad => "sad",
            Self::Surprise => "surprise",
            Self::Neutral => "neutral",
            Self::Contempt => "contempt",
        }
    }

    /// Whether it lies on the unpleasant side of the circumplex. Being told so wrongly hurts more than the reverse.
    pub const fn is_unpleasant(self) -> bool {
        matches!(self, Self::Angry | Self::Disgust | Self::Fear | Self::Sad | Self::Contempt)
    }

    /// The word that follows "looks": `surprised`, not `surprise`.
    pub const fn adjective(self) -> &'static str {
        match self {
            Self::Angry => "angry",
            Self::Disgust => "disgusted",
            Self::Fear => "fearful",
            Self::Happy => "happy",
            Self::Sad => "sad",
            Self::Surprise => "surprised",
            Self::Neutral => "neutral",
            Self::Contempt => "contemptuous",
        }
    }

    /// Understands the names of FER-2013, of FER+ and of the folders people make of them, in any case.
    pub fn from_label(label: &str) -> Option<Self> {
        Some(match label.trim().to_ascii_lowercase().as_str() {
            "angry" | "anger" => Self::Angry,
            "disgust" | "disgusted" => Self::Disgust,
            "fear" | "fearful" | "afraid" => Self::Fear,
            "happy" | "happiness" => Self::Happy,
            "sad" | "sadness" => Self::Sad,
            "surprise" | "surprised" => Self::Surprise,
            "neutral" => Self::Neutral,
            "contempt" | "contemptuous" => Self::Contempt,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
