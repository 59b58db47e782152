//! `moodbox look`: one answer a picture, for people or as one JSON object a line. Every key is always there, `null` where it
//! does not apply; only a picture that can't be read has `error` instead.

use crate::config::Config;
use crate::error::{ExitCode, Failure};
use crate::eyes::{self, Eyes, Sight, Stages};
use crate::picture::{self, PictureError};
use crate::report;
use mood::{Affect, Answer, Expression, FaceBox, Mood, NoFaceReason, Probabilities, UnsureReason, Verdict};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Reads the expression in photographs.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct LookArgs {
    /// Photographs, or folders of them
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<PathBuf>,
    /// An expression network instead of the built-in one
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// A configuration; its tables `look` and `model` count
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

struct Seen {
    verdict: Verdict,
    stages: Stages,
    decode: Duration,
}

/// Answers each picture on `out`; pictures that can't be read are reported (on `out` as JSON, else on `err`), and the
/// others still answered.
///
/// # Errors
/// When a network is refused, a picture could not be read, or the answers can't be written.
pub fn look(args: &LookArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let config = Config::load(args.config.as_deref())?;
    let model = args.model.as_deref().or(config.model.as_deref());
    let mut eyes = Eyes::open(model, config.look.unsure_below)?;
    let began = Instant::now();
    let clock = || began.elapsed();
    let (mut asked, mut failed) = (0, 0);
    for image in &args.images {
        for picture in expand(image) {
            asked += 1;
            let (file, seen) = match picture {
                Ok(path) => (path.display().to_string(), see(&path, &mut eyes, model, &clock)),
                Err(error) => (image.display().to_string(), Err(error.into())),
            };
            failed += usize::from(seen.is_err());
            write(args.json, &file, &seen, out, err).map_err(Failure::write("the answer"))?;
        }
    }
    if failed > 0 {
        return Err(Failure::explained(ExitCode::Data, format_args!("{failed} of {asked} pictures can't be read")));
    }
    Ok(())
}

fn expand(image: &Path) -> Vec<Result<PathBuf, PictureError>> {
    if !image.is_dir() {
        return vec![Ok(image.to_path_buf())];
    }
    match picture::in_folder(image) {
        Ok(pictures) => pictures.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    }
}

fn see(path: &Path, eyes: &mut Eyes, model: Option<&Path>, clock: &dyn Fn() -> Duration) -> Result<Seen, Failure> {
    let began = clock();
    let name = path.display().to_string();
    let frame = picture::frame(picture::read(path)?, &name, began)?;
    let decode = clock().saturating_sub(began);
    let mut stages = Stages::default();
    let verdict = eyes.look(&frame, &mut stages, clock).map_err(|error| {
        let model = model.map_or_else(|| "built in".into(), |path| path.display().to_string());
        eyes::refused(&format!("{model} on {name}"), &error)
    })?;
    Ok(Seen { verdict, stages, decode })
}

fn write(
    as_json: bool,
    file: &str,
    seen: &Result<Seen, Failure>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<()> {
    match seen {
        _ if as_json => {
            serde_json::to_writer(&mut *out, &Line::new(file, seen))?;
            writeln!(out)
        }
        Ok(seen) => text(file, seen, out),
        Err(error) => {
            writeln!(err, "error: {error}")?;
            error.hint.map_or(Ok(()), |hint| writeln!(err, "  hint: {hint}"))
        }
    }
}

/// The sentence, a bar for each expression of at least a hundredth, and where the face is.
fn text(file: &str, seen: &Seen, out: &mut dyn Write) -> std::io::Result<()> {
    let Seen { verdict, stages, decode } = seen;
    writeln!(out, "{file}: {}", report::sentence(verdict))?;
    let mut bars: Vec<(Expression, f32)> = verdict.probabilities.iter().flat_map(|p| p.iter()).collect();
    bars.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (expression, share) in bars.into_iter().filter(|(_, share)| *share >= 0.01) {
        let bar = report::bar(share, 24);
        // Padded by hand: a block is one column, whatever its bytes.
        let gap = " ".repeat(24 - bar.chars().count().min(24));
        writeln!(out, "    {:9} {bar}{gap} {:>5}", expression.name(), report::percent(share))?;
    }
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    if let Some(face) = verdict.faces.first() {
        let FaceBox { x, y, width, height, score, .. } = face;
        writeln!(out, "    face {width:.0}x{height:.0} pixels at ({x:.0}, {y:.0}), score {score:.2}")?;
    }
    writeln!(
        out,
        "    {:.1} ms: decode {:.1}, find {:.1}, crop {:.1}, classify {:.1}",
        ms(*decode + stages.find + stages.crop + stages.classify),
        ms(*decode),
        ms(stages.find),
        ms(stages.crop),
        ms(stages.classify)
    )
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Answer(Box<Object<'a>>),
    Error { file: &'a str, error: String, hint: Option<&'static str> },
}

#[derive(serde::Serialize)]
struct Object<'a> {
    file: &'a str,
    /// `mood`, `unsure` or `no_face`.
    outcome: &'static str,
    /// The most probable expression, also when unsure.
    expression: Option<Expression>,
    confidence: Option<f32>,
    probabilities: Option<ByName<'a>>,
    valence: Option<f32>,
    arousal: Option<f32>,
    /// The primary face, in pixels of the picture.
    face: Option<FaceBox>,
    faces: usize,
    reason: Option<Reason>,
    ms: Milliseconds,
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum Reason {
    Unsure(UnsureReason),
    NoFace(NoFaceReason),
}

#[derive(serde::Serialize)]
struct Milliseconds {
    decode: f64,
    find: f64,
    crop: f64,
    classify: f64,
    total: f64,
}

/// Probabilities as an object, in the contract's order.
struct ByName<'a>(&'a Probabilities);

impl Serialize for ByName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (expression, probability) in self.0.iter() {
            map.serialize_entry(expression.name(), &probability)?;
        }
        map.end()
    }
}

impl<'a> Line<'a> {
    fn new(file: &'a str, seen: &'a Result<Seen, Failure>) -> Self {
        let Seen { verdict, stages, decode } = match seen {
            Ok(seen) => seen,
            Err(error) => return Self::Error { file, error: error.to_string(), hint: error.hint },
        };
        let (mood, reason): (Option<Mood>, Option<Reason>) = match verdict.answer {
            Answer::Mood(mood) => (Some(mood), None),
            Answer::Unsure { best, reason } => (Some(best), Some(Reason::Unsure(reason))),
            Answer::NoFace { reason } => (None, Some(Reason::NoFace(reason))),
        };
        let affect: Option<Affect> = mood.map(|mood| mood.affect);
        Self::Answer(Box::new(Object {
            file,
            outcome: verdict.answer.name(),
            expression: mood.map(|mood| mood.expression),
            confidence: mood.map(|mood| mood.confidence),
            probabilities: verdict.probabilities.as_ref().map(ByName),
            valence: affect.map(|affect| affect.valence),
            arousal: affect.map(|affect| affect.arousal),
            face: verdict.faces.first().copied(),
            faces: verdict.faces.len(),
            reason,
            ms: Milliseconds {
                decode: report::ms(*decode),
                find: report::ms(stages.find),
                crop: report::ms(stages.crop),
                classify: report::ms(stages.classify),
                total: report::ms(*decode + stages.find + stages.crop + stages.classify),
            },
        }))
    }
}
