//! Which pictures belong together: copies byte for byte, or all crops of one photograph.

use super::near_copies::{self, Pair};
use super::{Dataset, Sample, Split};
use std::collections::{HashMap, HashSet};

/// The pictures of a data set in groups. What a group holds is never on two sides of a split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photographs {
    /// For each picture the smallest index in its group.
    group: Vec<usize>,
    /// Pairs that may well be of one photograph; they are not joined.
    doubtful: Vec<[usize; 2]>,
}

impl Photographs {
    /// Byte-identical pictures are a group.
    #[must_use]
    pub fn identical(pictures: &[Sample]) -> Self {
        let mut first: HashMap<&[u8], usize> = HashMap::new();
        let group = pictures.iter().enumerate().map(|(index, picture)| *first.entry(&picture.pixels).or_insert(index));
        Self { group: group.collect(), doubtful: Vec::new() }
    }

    /// All crops of a photograph are a group, too: what [`near_copies::SAME`] joins, directly or through others.
    #[must_use]
    pub fn of(dataset: &Dataset) -> Self {
        Self::joined(Self::identical(&dataset.samples), &near_copies::pairs(&dataset.samples))
    }

    fn joined(identical: Self, pairs: &[Pair]) -> Self {
        let (same, doubtful): (Vec<&Pair>, Vec<&Pair>) =
            pairs.iter().partition(|pair| pair.correlation >= near_copies::SAME);
        let mut parent = identical.group;
        for pair in same {
            let [a, b] = pair.pictures.map(|index| root(&parent, index));
            parent[a.max(b)] = a.min(b);
        }
        let group: Vec<usize> = (0..parent.len()).map(|index| root(&parent, index)).collect();
        let doubtful = doubtful.into_iter().map(|pair| pair.pictures).filter(|[a, b]| group[*a] != group[*b]).collect();
        Self { group, doubtful }
    }

    /// A number that the pictures of a group share.
    #[must_use]
    pub fn group_of(&self, index: usize) -> usize {
        self.group[index]
    }

    /// The pictures at `indices`, group by group, each in their order.
    #[must_use]
    pub fn groups(&self, indices: &[usize]) -> Vec<Vec<usize>> {
        let mut at: HashMap<usize, usize> = HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for &index in indices {
            let group = *at.entry(self.group[index]).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[group].push(index);
        }
        groups
    }

    /// All pictures that are of the same photograph as one of `indices`, or may well be: these themselves, too.
    #[must_use]
    pub fn relatives(&self, indices: &[usize]) -> HashSet<usize> {
        let groups: HashSet<usize> = indices.iter().map(|&index| self.group[index]).collect();
        let mut relatives: HashSet<usize> =
            (0..self.group.len()).filter(|&index| groups.contains(&self.group[index])).collect();
        let named: HashSet<usize> = indices.iter().copied().collect();
        for &[a, b] in &self.doubtful {
            relatives.extend(named.contains(&a).then_some(b));
            relatives.extend(named.contains(&b).then_some(a));
        }
        relatives
    }
}

/// What `trainer data` says about near copies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Repeats {
    /// Photographs of which there are several pictures, byte-identical ones among them.
    pub photographs: usize,
    /// Their pictures.
    pub pictures: usize,
    /// The most pictures of one photograph.
    pub largest: usize,
    /// Photographs whose pictures have different labels.
    pub conflicts: usize,
    /// For each part with any: its pictures that show a photograph of the training part, or may well do.
    pub shared: Vec<(Split, usize)>,
}

impl Repeats {
    /// Looks at all pictures of `dataset` but the blank ones.
    #[must_use]
    pub fn of(dataset: &Dataset) -> Self {
        let photographs = Photographs::of(dataset);
        let pictures = &dataset.samples;
        let seen: Vec<usize> = (0..pictures.len()).filter(|&index| !pictures[index].is_blank()).collect();
        let groups: Vec<Vec<usize>> = photographs.groups(&seen).into_iter().filter(|group| group.len() > 1).collect();
        let conflicting =
            |group: &&Vec<usize>| group.iter().any(|&index| pictures[index].label != pictures[group[0]].label);
        let training: Vec<usize> =
            seen.iter().copied().filter(|&index| pictures[index].split == Split::Training).collect();
        let relatives = photographs.relatives(&training);
        let shared = |split: &Split| {
            let related = |index: &&usize| pictures[**index].split == *split && relatives.contains(*index);
            let count = seen.iter().filter(related).count();
            (*split != Split::Training && count > 0).then_some((*split, count))
        };
        Self {
            photographs: groups.len(),
            pictures: groups.iter().map(Vec::len).sum(),
            largest: groups.iter().map(Vec::len).max().unwrap_or(0),
            conflicts: groups.iter().filter(conflicting).count(),
            shared: Split::ALL.iter().filter_map(shared).collect(),
        }
    }
}

fn root(parent: &[usize], mut index: usize) -> usize {
    while parent[index] != index {
        index = parent[index];
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(first: usize, second: usize, correlation: f32) -> Pair {
        Pair { pictures: [first, second], correlation }
    }

    #[test]
    fn what_hangs_together_is_a_group_and_what_is_doubtful_is_related_only() {
        let identical = Photographs { group: vec![0, 1, 2, 1, 4, 5, 6, 7], doubtful: Vec::new() };
        let pairs = [pair(3, 4, 0.97), pair(4, 6, 0.94), pair(0, 2, 0.91), pair(1, 6, 0.92)];
        let photographs = Photographs::joined(identical, &pairs);
        let groups = photographs.groups(&[0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(groups, [vec![0], vec![1, 3, 4, 6], vec![2], vec![5], vec![7]]);
        assert_eq!(photographs.groups(&[6, 5, 3]), [vec![6, 3], vec![5]]);
        let relatives = |indices: &[usize]| {
            let mut found: Vec<usize> = photographs.relatives(indices).into_iter().collect();
            found.sort_unstable();
            found
        };
        assert_eq!(relatives(&[3]), [1, 3, 4, 6]);
        assert_eq!(relatives(&[2]), [0, 2]);
        assert_eq!(relatives(&[5, 7]), [5, 7]);
    }
}
