//! Masks: brush strokes and the pixels that they cover.

/// A stroke of a round brush over an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BrushStroke {
    /// Centers of the brush, from 0 to 1 along each side of the image.
    pub points: Vec<[f32; 2]>,
    /// Radius of the brush, as a fraction of the image's longer side.
    pub radius: f32,
    /// Whether the stroke erases.
    pub erases: bool,
}

/// The pixels of an image that are to be generated again.
#[derive(Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Whether each pixel is covered, in rows from the top.
    pub covered: Vec<bool>,
}

impl std::fmt::Debug for Coverage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Coverage({} × {}, {} covered)", self.width, self.height, self.count())
    }
}

impl Coverage {
    /// Creates an empty coverage of this size.
    pub fn new(width: u32, height: u32) -> Self {
        Self { width, height, covered: vec![false; width as usize * height as usize] }
    }

    /// Number of covered pixels.
    pub fn count(&self) -> usize {
        self.covered.iter().filter(|covered| **covered).count()
    }

    /// Whether no pixel is covered.
    pub fn is_empty(&self) -> bool {
        !self.covered.contains(&true)
    }

    /// Paints a stroke. Returns whether any pixel changed.
    pub fn paint(&mut self, stroke: &BrushStroke) -> bool {
        self.paint_from(stroke, 0)
    }

    /// Paints the points of a stroke after the first `known` ones, which are painted already.
    pub fn paint_from(&mut self, stroke: &BrushStroke, known: usize) -> bool {
        let size = [self.width as f32, self.height as f32];
        let radius = (stroke.radius * size[0].max(size[1])).max(0.5);
        let at = |point: &[f32; 2]| [point[0] * size[0], point[1] * size[1]];
        let mut changed = false;
        for (index, point) in stroke.points.iter().enumerate().skip(known) {
            let before = index.checked_sub(1).and_then(|before| stroke.points.get(before)).unwrap_or(point);
            changed |= self.sweep(at(before), at(point), radius, !stroke.erases);
        }
        changed
    }

    /// Paints along a line.
    fn sweep(&mut self, from: [f32; 2], to: [f32; 2], radius: f32, covers: bool) -> bool {
        let reach = |axis: usize, most: u32| {
            let least = from[axis].min(to[axis]) - radius;
            let greatest = from[axis].max(to[axis]) + radius;
            (least.floor().max(0.0) as u32).min(most)..(greatest.ceil().max(0.0) as u32).min(most)
        };
        let along = [to[0] - from[0], to[1] - from[1]];
        let length = along[0] * along[0] + along[1] * along[1];
        let mut changed = false;
        for y in reach(1, self.height) {
            for x in reach(0, self.width) {
                let (dx, dy) = (x as f32 + 0.5 - from[0], y as f32 + 0.5 - from[1]);
                let share = if length > 0.0 { ((dx * along[0] + dy * along[1]) / length).clamp(0.0, 1.0) } else { 0.0 };
                let (dx, dy) = (dx - share * along[0], dy - share * along[1]);
                if dx * dx + dy * dy <= radius * radius {
                    let pixel = &mut self.covered[y as usize * self.width as usize + x as usize];
                    changed |= *pixel != covers;
                    *pixel = covers;
                }
            }
        }
        changed
    }

    /// Scales the coverage by nearest neighbor.
    #[must_use]
    pub fn scaled(&self, width: u32, height: u32) -> Self {
        let mut scaled = Self::new(width, height);
        if self.width == 0 || self.height == 0 {
            return scaled;
        }
        let near = |at: u32, of: u32, own: u32| {
            let at = (u64::from(at) * 2 + 1) * u64::from(own) / (u64::from(of) * 2);
            at.min(u64::from(own) - 1) as usize
        };
        for y in 0..height {
            for x in 0..width {
                let own = near(y, height, self.height) * self.width as usize + near(x, width, self.width);
                scaled.covered[y as usize * width as usize + x as usize] = self.covered[own];
            }
        }
        scaled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke(points: &[[f32; 2]], radius: f32, erases: bool) -> BrushStroke {
        BrushStroke { points: points.to_vec(), radius, erases }
    }

    #[test]
    fn strokes_cover_and_erase_pixels() {
        let mut coverage = Coverage::new(100, 50);
        assert!(coverage.paint(&stroke(&[[0.1, 0.5], [0.9, 0.5]], 0.05, false)));
        let at = |coverage: &Coverage, x: usize, y: usize| coverage.covered[y * 100 + x];
        assert!(at(&coverage, 50, 25) && at(&coverage, 6, 25) && at(&coverage, 50, 29));
        assert!(!at(&coverage, 50, 31) && !at(&coverage, 3, 25));
        assert!(!coverage.paint(&stroke(&[[0.5, 0.5]], 0.01, false)), "it is covered already");
        assert!(coverage.paint(&stroke(&[[0.5, 0.0], [0.5, 1.0]], 0.1, true)));
        assert!(!at(&coverage, 50, 25) && at(&coverage, 20, 25));
        coverage.paint(&stroke(&[[-3.0, 0.5], [7.0, 0.5]], 9.0, true));
        assert!(coverage.is_empty());
    }

    #[test]
    fn painting_a_stroke_in_steps_equals_painting_it_at_once() {
        let whole = stroke(&[[0.2, 0.2], [0.5, 0.7], [0.8, 0.1]], 0.07, false);
        let (mut at_once, mut grown) = (Coverage::new(64, 48), Coverage::new(64, 48));
        at_once.paint(&whole);
        for known in 0..whole.points.len() {
            let so_far = BrushStroke { points: whole.points[..=known].to_vec(), ..whole.clone() };
            grown.paint_from(&so_far, known);
        }
        assert_eq!(at_once, grown);
    }

    #[test]
    fn scaling_keeps_the_covered_shape() {
        let mut coverage = Coverage::new(40, 20);
        coverage.paint(&stroke(&[[0.25, 0.5]], 0.2, false));
        let large = coverage.scaled(400, 200);
        assert_eq!((large.covered[100 * 400 + 100], large.covered[100 * 400 + 300]), (true, false));
        assert_eq!(large.scaled(40, 20), coverage);
        assert_eq!(Coverage::new(0, 0).scaled(3, 3).count(), 0);
    }
}
