//! Eyes that see what a script says, in the place of finder and network.

use mood::{
    Contract, DecisionRule, Example, Expression, FaceBox, Faces, Frame, Glimpse, LabelSet, Logits, ModelError,
    NoFaceReason, Quality, Reading, Search,
};
use moodbox::eyes::{Sight, Stages};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the eyes see, one entry a look.
#[derive(Debug, Clone)]
pub(crate) enum Sees {
    Face(Expression, f32),
    Nobody,
    Dark,
    BrokenNetwork,
}

impl Sees {
    fn glimpse(&self) -> Result<Glimpse, ModelError> {
        let nobody = NoFaceReason::NothingFound;
        match *self {
            Self::Face(expression, confidence) => {
                let faces = Faces { faces: vec![face()], reason: nobody };
                let reading = Reading { logits: logits(expression, confidence), features: vec![confidence, 0.5] };
                let quality = Quality { side: 120.0, contrast: 160.0, sharpness: 0.2, turn: 0.1, score: 0.95 };
                Ok(Glimpse { luminance: 120, faces, reading: Some((reading, quality)) })
            }
            Self::Nobody => {
                let faces = Faces { faces: Vec::new(), reason: nobody };
                Ok(Glimpse { luminance: 120, faces, reading: None })
            }
            Self::Dark => Ok(Glimpse { luminance: 5, ..Self::Nobody.glimpse()? }),
            Self::BrokenNetwork => Err(ModelError::Run { detail: "failed on demand".into() }),
        }
    }
}

fn face() -> FaceBox {
    let landmarks = mood::Landmarks::default();
    FaceBox { x: 200.0, y: 100.0, width: 120.0, height: 120.0, score: 0.95, landmarks }
}

/// Logits whose softmax gives this confidence.
fn logits(expression: Expression, confidence: f32) -> Logits {
    let labels = Contract::new(LabelSet::FerPlus).labels;
    let others = f32::from(u8::try_from(labels.len() - 1).unwrap());
    let winner = (confidence * others / (1.0 - confidence)).ln();
    Logits(labels.iter().map(|label| if *label == expression { winner } else { 0.0 }).collect())
}

/// Eyes that see what the script says, look by look, the same in every frame of a look; nobody when it is over.
pub(crate) struct ScriptedSight {
    script: VecDeque<Sees>,
    rule: DecisionRule,
    /// From this time on a happy face, whatever of the script is left.
    happy_from: Duration,
    now: Sees,
    pub(crate) learnt: Learnt,
}

/// What was learnt on the bench.
pub(crate) type Learnt = Arc<Mutex<Vec<Example>>>;

impl ScriptedSight {
    pub(crate) fn new(sees: &[Sees]) -> Self {
        let rule = DecisionRule::new(Contract::new(LabelSet::FerPlus));
        let (script, learnt) = (sees.to_vec().into(), Learnt::default());
        Self { script, rule, happy_from: Duration::MAX, now: Sees::Nobody, learnt }
    }

    /// From this time on it sees a happy face.
    pub(crate) const fn happy_from(mut self, at: Duration) -> Self {
        self.happy_from = at;
        self
    }

    /// The next look begins.
    pub(crate) fn turn(&mut self, now: Duration) {
        let scripted = self.script.pop_front().unwrap_or(Sees::Nobody);
        self.now = if now >= self.happy_from { Sees::Face(Expression::Happy, 0.9) } else { scripted };
    }
}

impl Sight for ScriptedSight {
    fn rule(&self) -> &DecisionRule {
        &self.rule
    }

    fn glance(
        &mut self,
        _frame: &Frame,
        _search: Search,
        _stages: &mut Stages,
        _clock: &dyn Fn() -> Duration,
    ) -> Result<Glimpse, ModelError> {
        self.now.glimpse()
    }

    fn learn(&mut self, example: Example) -> Option<Result<usize, String>> {
        let mut learnt = self.learnt.lock().unwrap();
        learnt.push(example);
        Some(Ok(learnt.len()))
    }
}
