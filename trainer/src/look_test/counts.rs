//! What came of the looks, counted: shares with their intervals, by expression and by group.

use super::{GroupName, Labels, Photograph};
use crate::number::count;
use mood::{Answer, Expression};
use serde::Serialize;
use std::collections::BTreeSet;

/// The 97.5 % quantile of the normal distribution: what bounds a 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// A part of some photographs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// The share, 0..=1; none of none.
    pub share: Option<f64>,
    /// Its 95 % Wilson score interval.
    pub interval: Option<[f64; 2]>,
}

impl Share {
    /// `part` of `of`.
    #[must_use]
    pub fn new(part: usize, of: usize) -> Self {
        if of == 0 {
            return Self { count: part, of, share: None, interval: None };
        }
        let (n, share) = (count(of), count(part) / count(of));
        let denominator = 1.0 + Z * Z / n;
        let middle = (share + Z * Z / (2.0 * n)) / denominator;
        let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / denominator;
        let interval = Some([(middle - half).max(0.0), (middle + half).min(1.0)]);
        Self { count: part, of, share: Some(share), interval }
    }

    /// How much larger this share is than `other`, with Newcombe's interval (1998, method 10); none where either is of
    /// nothing.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Option<Difference> {
        let (a, [a_low, a_high]) = (self.share?, self.interval?);
        let (b, [b_low, b_high]) = (other.share?, other.interval?);
        let low = a - b - (a - a_low).hypot(b_high - b);
        let high = a - b + (a_high - a).hypot(b - b_low);
        Some(Difference { difference: a - b, interval: [low, high] })
    }
}

/// The difference of two shares, -1..=1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// The first less the second.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: [f64; 2],
}

/// What came of the photographs of one expression.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Counts {
    /// What they show; none for all together.
    pub expression: Option<&'static str>,
    /// In which a face was found.
    pub found: Share,
    /// In which one was, but the box wasn't sure.
    pub not_sure: Share,
    /// Whose expression was told.
    pub correct: Share,
    /// In which an unpleasant expression was told for a pleasant one or neutral, or happy for an unpleasant one.
    pub opposite: Share,
}

impl Counts {
    fn of(expression: Option<Expression>, looks: &[(&Photograph, &Answer)]) -> Self {
        let of_it = || looks.iter().filter(|(it, _)| expression.is_none_or(|expression| it.expression == expression));
        let n = of_it().count();
        let share = |counts: fn(&Photograph, &Answer) -> bool| {
            Share::new(of_it().filter(|(photograph, answer)| counts(photograph, answer)).count(), n)
        };
        Self {
            expression: expression.map(Expression::name),
            found: share(|_, answer| !matches!(answer, Answer::NoFace { .. })),
            not_sure: share(|_, answer| matches!(answer, Answer::Unsure { .. })),
            correct: share(|photograph, answer| told(answer) == Some(photograph.expression)),
            opposite: share(|photograph, answer| {
                told(answer).is_some_and(|told| opposite(photograph.expression, told))
            }),
        }
    }
}

/// The expression an answer names without a doubt.
fn told(answer: &Answer) -> Option<Expression> {
    if let Answer::Mood(mood) = answer { Some(mood.expression) } else { None }
}

/// Whether an answer has the wrong sign: the errors that cost an owner most.
fn opposite(truth: Expression, answer: Expression) -> bool {
    let happy_for_unpleasant = truth.is_unpleasant() && answer == Expression::Happy;
    happy_for_unpleasant || !truth.is_unpleasant() && truth != Expression::Surprise && answer.is_unpleasant()
}

/// A group against all others of its column, for one expression or all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The column of the table.
    pub column: String,
    /// The value in it.
    pub group: String,
    /// What came of it.
    #[serde(flatten)]
    pub counts: Counts,
    /// Found among it less found among the rest.
    pub found_difference: Option<Difference>,
    /// The same of correct answers.
    pub correct_difference: Option<Difference>,
}

/// All that was counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Photographs.
    pub n: usize,
    /// All of them, then by expression.
    pub expressions: Vec<Counts>,
    /// By column, group and expression, in the order of the columns; groups in the order of [`GroupName`].
    pub groups: Vec<Group>,
}

impl Figures {
    /// Counts `answers`, one for each photograph of `labels`.
    #[must_use]
    pub fn of(labels: &Labels, answers: &[Answer]) -> Self {
        let looks: Vec<(&Photograph, &Answer)> = labels.photographs.iter().zip(answers).collect();
        let shown = |looks: &[(&Photograph, &Answer)]| -> Vec<Option<Expression>> {
            let all = Expression::ALL.into_iter().filter(|one| looks.iter().any(|(it, _)| it.expression == *one));
            std::iter::once(None).chain(all.map(Some)).collect()
        };
        let mut groups = Vec::new();
        for (at, column) in labels.columns.iter().enumerate() {
            let names: BTreeSet<&GroupName> = looks.iter().filter_map(|(it, _)| it.groups.get(at)).collect();
            for group in names {
                let (inside, rest): (Vec<_>, Vec<_>) =
                    looks.iter().copied().partition(|(it, _)| it.groups.get(at) == Some(group));
                for expression in shown(&inside) {
                    let (counts, others) = (Counts::of(expression, &inside), Counts::of(expression, &rest));
                    groups.push(Group {
                        column: column.clone(),
                        group: group.name.clone(),
                        found_difference: counts.found.minus(&others.found),
                        correct_difference: counts.correct.minus(&others.correct),
                        counts,
                    });
                }
            }
        }
        let expressions = shown(&looks).into_iter().map(|expression| Counts::of(expression, &looks)).collect();
        Self { n: looks.len(), expressions, groups }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look_test::GroupColumn;
    use mood::{Affect, Mood, NoFaceReason, UnsureReason};

    /// The fourth digit of published figures.
    const CLOSE: f64 = 5e-4;

    fn close(found: [f64; 2], expected: [f64; 2]) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < CLOSE), "{found:?} {expected:?}");
    }

    /// Oracle: Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, and "Interval estimation
    /// for the difference", table II, method 10.
    #[test]
    fn intervals_are_those_of_the_papers() {
        close(Share::new(81, 263).interval.unwrap(), [0.2553, 0.3662]);
        close(Share::new(15, 148).interval.unwrap(), [0.0624, 0.1605]);
        close(Share::new(0, 20).interval.unwrap(), [0.0, 0.1611]);
        close(Share::new(1, 29).interval.unwrap(), [0.0061, 0.1718]);
        let difference = Share::new(56, 70).minus(&Share::new(48, 80)).unwrap();
        assert!((difference.difference - 0.2).abs() < CLOSE);
        close(difference.interval, [0.0524, 0.3339]);
        assert_eq!(Share::new(0, 0).interval, None);
        assert_eq!(Share::new(1, 2).minus(&Share::new(0, 0)), None);
    }

    #[test]
    fn found_not_sure_correct_and_opposite_are_counted_apart() {
        let mood = |expression| Mood { expression, confidence: 0.9, affect: Affect::of(expression) };
        let photograph = |expression, sex: &str| {
            let column: GroupColumn = "sex".parse().unwrap();
            Photograph { file: String::new(), expression, groups: vec![column.group(sex).unwrap()] }
        };
        let looks = [
            (photograph(Expression::Happy, "f"), Answer::Mood(mood(Expression::Happy))),
            (photograph(Expression::Happy, "m"), Answer::Mood(mood(Expression::Sad))),
            (photograph(Expression::Sad, "m"), Answer::Mood(mood(Expression::Happy))),
            (
                photograph(Expression::Sad, "f"),
                Answer::Unsure { best: mood(Expression::Sad), reason: UnsureReason::LowConfidence },
            ),
            (photograph(Expression::Sad, "m"), Answer::NoFace { reason: NoFaceReason::NothingFound }),
        ];
        let (photographs, answers): (Vec<_>, Vec<_>) = looks.into_iter().unzip();
        let figures = Figures::of(&Labels { columns: vec!["sex".into()], photographs }, &answers);
        let counted = |counts: &Counts| {
            let Counts { expression, found, not_sure, correct, opposite } = counts;
            (*expression, found.of, found.count, not_sure.count, correct.count, opposite.count)
        };
        let expected = [(None, 5, 4, 1, 1, 2), (Some("happy"), 2, 2, 0, 1, 1), (Some("sad"), 3, 2, 1, 0, 1)];
        assert_eq!(figures.expressions.iter().map(counted).collect::<Vec<_>>(), expected);
        let women = &figures.groups[0];
        assert_eq!((women.group.as_str(), women.counts.found.count, women.counts.found.of), ("f", 2, 2));
        assert!((women.found_difference.unwrap().difference - 1.0 / 3.0).abs() < CLOSE);
        assert_eq!(figures.groups.len(), 6);
    }
}
