//! Figures computed by hand, on answers made up for it.

use super::*;
use crate::dataset::{Split, plain};
use crate::number::count;
use mood::LabelSet;
use std::collections::HashSet;

const CLOSE: f64 = 1e-6;

/// A picture that shows `truth`, and a network of FER-2013 that answers `answer` with probability `confidence`; the
/// rest goes to the six others alike.
fn row(index: usize, truth: Expression, answer: Expression, confidence: f32, relation: Option<Relation>) -> Row {
    let contract = Contract::new(LabelSet::Fer2013);
    let share = |label: &Expression| if *label == answer { confidence } else { (1.0 - confidence) / 6.0 };
    let logits = contract.labels.iter().map(|label| share(label).ln()).collect();
    decide(Target { index, truth }, logits, &contract, relation).unwrap()
}

/// Without the mirror image.
const ONCE: View = View { condition: Condition::Clean, flip: false };

/// Right, right, wrong, and one the network has no label for.
fn four() -> Vec<Row> {
    use Expression::{Contempt, Happy, Sad};
    vec![
        row(0, Happy, Happy, 0.94, Some(Relation::Copy)),
        row(1, Happy, Happy, 0.7, Some(Relation::NearCopy)),
        row(2, Sad, Happy, 0.4, Some(Relation::New)),
        row(3, Contempt, Sad, 0.4, Some(Relation::New)),
    ]
}

#[test]
fn four_pictures_by_hand() {
    let figures = Figures::of(&four(), LabelSet::FerPlus, LabelSet::Fer2013);
    assert_eq!((figures.n, figures.accuracy), (4, Some(0.5)));
    assert_eq!((figures.n_without_copies, figures.accuracy_without_copies), (Some(3), Some(1.0 / 3.0)));
    assert_eq!((figures.n_without_near_copies, figures.accuracy_without_near_copies), (Some(2), Some(0.0)));
    assert_eq!((figures.per_class.len(), figures.beyond), (8, 1));
    let at =
        |expression: Expression| figures.per_class.iter().position(|class| class.label == expression.name()).unwrap();
    let (happy, sad, contempt) = (at(Expression::Happy), at(Expression::Sad), at(Expression::Contempt));
    assert_eq!(figures.confusion.row(happy)[happy], 2);
    assert_eq!(figures.confusion.row(contempt)[sad], 1);
    // F1: happy 2 * 2 / (2 + 3), sad and contempt 0; the other five have no pictures.
    assert!((figures.confusion.macro_f1() - 0.8 / 3.0).abs() < CLOSE);
    // Two answers of 0.94 and 0.7 in bins of their own, right; two of 0.4 in one, both wrong.
    assert!((figures.ece - (0.06 + 0.3 + 2.0 * 0.4) / 4.0).abs() < CLOSE, "{}", figures.ece);
    // Sad got a sixth of what `happy` left: 0.6 / 6. Contempt has no probability, so it isn't in the mean.
    let nll = -(0.94_f64.ln() + 0.7_f64.ln() + 0.1_f64.ln()) / 3.0;
    assert!((figures.nll.unwrap() - nll).abs() < CLOSE);
    assert_eq!(figures.coverage[10].n, 2);
}

#[test]
fn confident_answers_of_the_opposite_valence_are_counted() {
    use Expression::{Angry, Happy, Neutral, Sad, Surprise};
    let cases = [
        (Sad, Happy, 0.99, 1, "crying read as cheer"),
        (Happy, Angry, 0.99, 1, "bared teeth"),
        (Surprise, Angry, 0.99, 1, "shouting"),
        (Sad, Happy, 0.3, 0, "the box says that it is not sure"),
        (Sad, Neutral, 0.99, 0, "neutral is neither"),
        (Neutral, Happy, 0.99, 0, "neutral is neither"),
        (Sad, Angry, 0.99, 0, "wrong, but unpleasant both times"),
        (Happy, Happy, 0.99, 0, "right"),
    ];
    for (truth, answer, confidence, expected, case) in cases {
        let figures = Figures::of(&[row(0, truth, answer, confidence, None)], LabelSet::Fer2013, LabelSet::Fer2013);
        assert_eq!((figures.opposite, figures.opposite_share), (expected, Some(count(expected))), "{case}");
    }
    assert_eq!(Figures::of(&[], LabelSet::Fer2013, LabelSet::Fer2013).opposite_share, None);
}

#[test]
fn the_temperature_of_the_contract_counts() {
    let contract = Contract { temperature: 2.0, ..Contract::new(LabelSet::Fer2013) };
    // Over the temperature the first logit is ln 6, the six others 0: a half and six twelfths.
    let logits = [vec![2.0 * 6.0_f32.ln()], vec![0.0; 6]].concat();
    let target = Target { index: 0, truth: Expression::Angry };
    let row = decide(target, logits, &contract, None).unwrap();
    assert!((row.confidence - 0.5).abs() < CLOSE);
    assert!((row.nll.unwrap() - 2.0_f64.ln()).abs() < CLOSE);
}

#[test]
fn an_answer_the_labels_do_not_have_is_wrong() {
    let contract = Contract::new(LabelSet::FerPlus);
    let logits = contract.labels.iter().map(|&label| f32::from(u8::from(label == Expression::Contempt))).collect();
    let target = Target { index: 0, truth: Expression::Sad };
    let rows = [decide(target, logits, &contract, None).unwrap()];
    let figures = Figures::of(&rows, LabelSet::Fer2013, LabelSet::FerPlus);
    assert_eq!((figures.accuracy, figures.beyond), (Some(0.0), 0));
    assert_eq!(figures.per_class.last().map(|class| class.label), Some(Expression::Contempt.name()));
    assert_eq!(figures.confusion.total(), 1);
    assert_eq!(figures.n_without_copies, None);
}

#[test]
fn the_object_has_these_keys_in_this_order() {
    let figures = Figures::of(&four(), LabelSet::FerPlus, LabelSet::Fer2013);
    let json = json(&figures, ONCE);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let keys = "n accuracy accuracy_interval accuracy_without_copies n_without_copies accuracy_without_near_copies \
                n_without_near_copies macro_f1 opposite opposite_share ece nll per_class confusion coverage";
    let keys: Vec<&str> = keys.split(' ').collect();
    assert_eq!(value.as_object().unwrap().len(), keys.len(), "{json}");
    let places: Vec<usize> = keys.iter().map(|key| json.find(&format!("\"{key}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{json}");
    assert_eq!(
        value["per_class"][1].to_string(),
        r#"{"f1":0.8,"label":"happy","n":2,"precision":0.6666666666666666,"recall":1.0}"#
    );
    assert_eq!(value["confusion"][1].to_string(), "[0,2,0,0,0,0,0,0]");
    assert_eq!(value["coverage"][19].to_string(), r#"{"accuracy":null,"coverage":0.0,"n":0,"threshold":0.95}"#);
}

#[test]
fn the_words_name_what_was_left_out_and_what_counts_as_wrong() {
    let figures = Figures::of(&four(), LabelSet::FerPlus, LabelSet::Fer2013);
    let targets = Targets { no_majority: 3, no_face: 1, ..Targets::default() };
    let text =
        text(&figures, &targets, (Split::PublicTest, Condition::Clean.into()), LabelSet::FerPlus, LabelSet::Fer2013);
    let expected = "\
4 pictures of public-test, labels of ferplus
left out by the vote: 3 without a majority, 0 unknown, 1 no face
the network answers with labels of fer2013, compared by expression
1 pictures show what it has no label for: they count as wrong

accuracy        50.00 % (95 % interval 0.00 % to 100.00 %, 2000 bootstrap samples)
without copies  33.33 % (95 % interval 0.00 % to 100.00 %, 2000 bootstrap samples)
                3 pictures; 1 are byte for byte training pictures
no near copies  0.00 % (95 % interval 0.00 % to 0.00 %, 2000 bootstrap samples)
                2 pictures; 1 more show a photograph of training in another crop
macro-F1        0.267
opposite        25.00 % (1 confident answers are unpleasant for pleasant, or the reverse)
ECE             0.2900 (expected calibration error, 15 bins)
NLL             0.9070 (negative log-likelihood, over the pictures it has a label for)
";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("\n    happy        2      0.667   1.000  0.800\n"), "{text}");
    assert!(text.ends_with("     0.90   25.00 %          100.00 %\n"), "{text}");
}

#[test]
fn a_row_a_picture() {
    let rows = [row(7, Expression::Contempt, Expression::Sad, 0.4, None)];
    let table = predictions(&rows, &Contract::new(LabelSet::Fer2013));
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("row,label,prediction,confidence,copy,logit_angry,"), "{table}");
    assert!(lines[1].starts_with("7,contempt,sad,0.400000,,-2.3"), "{table}");
    assert_eq!((lines.len(), lines[1].split(',').count()), (2, 5 + 7));
}

fn dataset(labels: impl Iterator<Item = u8>) -> Dataset {
    let pictures = labels.map(|label| plain(label, label, Split::PublicTest));
    Dataset { samples: pictures.collect(), label_set: LabelSet::Fer2013 }
}

#[test]
fn the_vote_decides_where_it_is_given() {
    let dataset = dataset([3, 3, 3, 3].into_iter());
    let votes = [
        Votes::new([8, 2, 0, 0, 0, 0, 0, 0, 0, 0]),
        Votes::new([5, 5, 0, 0, 0, 0, 0, 0, 0, 0]),
        Votes::new([0, 0, 0, 0, 0, 0, 0, 0, 9, 1]),
        Votes::new([0, 0, 0, 0, 0, 0, 0, 0, 0, 9]),
    ];
    let targets = Targets::of(&dataset, &dataset.indices(Split::PublicTest), Some(&votes));
    assert_eq!(targets.chosen, [Target { index: 0, truth: Expression::Neutral }]);
    assert_eq!((targets.no_majority, targets.unknown, targets.no_face), (1, 1, 1));
    let own = Targets::of(&dataset, &dataset.indices(Split::PublicTest), None);
    assert!(own.chosen.len() == 4 && own.chosen.iter().all(|target| target.truth == Expression::Happy));
}

#[test]
fn a_limit_picks_the_same_pictures_of_all_classes() {
    // Sorted by class, as a folder is.
    let dataset = dataset((0..7).flat_map(|label| std::iter::repeat_n(label, 50)));
    let limited = || Targets::of(&dataset, &dataset.indices(Split::PublicTest), None).limited(70).chosen;
    assert_eq!(limited(), limited());
    assert_eq!(limited().len(), 70);
    assert!(limited().is_sorted_by_key(|target| target.index));
    let classes: HashSet<Expression> = limited().iter().map(|target| target.truth).collect();
    assert_eq!(classes.len(), 7);
}

#[test]
fn figures_under_a_condition_are_labelled_with_it() {
    let figures = Figures::of(&four(), LabelSet::FerPlus, LabelSet::Fer2013);
    assert!(
        json(&figures, Condition::Rotated(10.0).into()).starts_with(r#"{"condition":"rotated-10","flip":true,"n":4,"#)
    );
    let (split, set) = ((Split::PublicTest, Condition::Jpeg(30).into()), LabelSet::Fer2013);
    let text = text(&figures, &Targets::default(), split, set, set);
    assert!(text.starts_with("4 pictures of public-test, labels of fer2013\nnot as they are, but jpeg-30\n"), "{text}");
}

#[test]
fn a_robustness_table_holds_each_condition_against_clean() {
    let figures = |rows: &[Row]| Figures::of(rows, LabelSet::FerPlus, LabelSet::Fer2013);
    let mut table = Robustness::default();
    table.add(Condition::Clean, &figures(&four()));
    let mut worse = four();
    worse[0] = row(0, Expression::Happy, Expression::Sad, 0.9, None);
    table.add(Condition::Shifted(6.0), &figures(&worse));
    let expected = "\
4 pictures of public-test, labels of ferplus

condition    accuracy  macro-F1 loss, points
clean         50.00 %     0.267            -
shifted-6     25.00 %     0.167        25.00
";
    assert_eq!(table.text(Split::PublicTest, LabelSet::FerPlus), expected);
    let json: serde_json::Value = serde_json::from_str(&table.json()).unwrap();
    assert_eq!((&json["n"], &json["conditions"][1]["condition"]), (&4.into(), &"shifted-6".into()));
    assert_eq!(
        (&json["conditions"][0]["loss_points"], &json["conditions"][1]["loss_points"]),
        (&0.0.into(), &25.0.into())
    );
}
