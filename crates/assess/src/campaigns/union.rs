//! Sets that grow together (union-find), for joining items.

/// Places from 0, each in one set.
#[derive(Debug)]
pub(super) struct Union(Vec<usize>);

impl Union {
    /// `size` places, each alone.
    pub(super) fn new(size: usize) -> Self {
        Self((0..size).collect())
    }

    /// The smallest place of a set.
    pub(super) fn root(&mut self, place: usize) -> usize {
        let mut at = place;
        while let Some(up) = self.0.get(at).copied().filter(|up| *up != at) {
            // Each walk shortens the way for the next one.
            let above = self.0.get(up).copied().unwrap_or(up);
            if let Some(own) = self.0.get_mut(at) {
                *own = above;
            }
            at = above;
        }
        at
    }

    /// Joins two sets; whether they were two.
    pub(super) fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(up) = self.0.get_mut(a.max(b)) {
            *up = a.min(b);
        }
        a != b
    }
}
