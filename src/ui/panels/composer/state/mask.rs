//! The masks of references, and the one that is painted.

use std::collections::BTreeMap;

use egui::TextureHandle;

use crate::{
    recipe::{BrushStroke, Coverage, Reference},
    studio::{Command, Pixels, ReferenceCommand},
    ui::widgets::slider::Scale,
};

/// The brush's width in hundredths of the image's longer side.
pub const BRUSH: Scale = Scale::whole(1.0, 40.0, 8.0);

/// The masks of references, and the dialog.
#[derive(Debug, Default)]
pub struct Masks {
    /// The masks by the hash of their reference.
    pub(in crate::ui::panels::composer) masks: BTreeMap<String, Reference>,
    pub(in crate::ui::panels::composer) open: Option<OpenMask>,
}

/// A mask while it is painted.
#[derive(Debug)]
pub struct OpenMask {
    pub(in crate::ui::panels::composer) reference: Reference,
    /// The mask that it started from.
    pub(in crate::ui::panels::composer) base: Option<Reference>,
    /// The image and the coverage of the base, when they are loaded.
    pub(in crate::ui::panels::composer) ground: Option<(Pixels, Coverage)>,
    pub(in crate::ui::panels::composer) coverage: Coverage,
    /// The number of covered pixels.
    pub(in crate::ui::panels::composer) covered: usize,
    pub(in crate::ui::panels::composer) strokes: Vec<BrushStroke>,
    pub(in crate::ui::panels::composer) brush: f64,
    pub(in crate::ui::panels::composer) erases: bool,
    pub(in crate::ui::panels::composer) canvas: Canvas,
}

impl OpenMask {
    /// Adds a stroke whose pixels are covered already.
    pub(in crate::ui::panels::composer) fn keep(&mut self, stroke: BrushStroke) {
        self.strokes.push(stroke);
    }

    /// Undoes the last stroke.
    pub(in crate::ui::panels::composer) fn undo(&mut self) {
        if self.strokes.pop().is_some() {
            self.repaint();
        }
    }

    /// Clears the mask.
    pub(in crate::ui::panels::composer) fn clear(&mut self) {
        self.base = None;
        self.strokes.clear();
        if let Some((_, coverage)) = &mut self.ground {
            *coverage = Coverage::new(coverage.width, coverage.height);
        }
        self.repaint();
    }

    pub(in crate::ui::panels::composer) fn repaint(&mut self) {
        let Some((_, base)) = &self.ground else { return };
        self.coverage = base.clone();
        for stroke in &self.strokes {
            self.coverage.paint(stroke);
        }
        self.canvas.stale();
    }

    pub(in crate::ui::panels::composer) fn brush_by(&mut self, by: f64) {
        self.brush = (self.brush + by).clamp(BRUSH.from, BRUSH.to);
    }
}

impl Masks {
    /// Whether the dialog is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The mask of a reference.
    pub fn of(&self, sha256: &str) -> Option<&Reference> {
        self.masks.get(sha256)
    }

    /// Sets the mask of a reference.
    pub fn set(&mut self, sha256: &str, mask: Option<Reference>) {
        match mask {
            Some(mask) => self.masks.insert(sha256.to_owned(), mask),
            None => self.masks.remove(sha256),
        };
    }

    /// Opens the image that a mask is painted on, if its dialog is open.
    pub(in crate::ui::panels::composer) fn receive_base(&mut self, sha256: &str, pixels: &Pixels, coverage: &Coverage) {
        if let Some(open) = self.open.as_mut().filter(|open| open.reference.sha256 == *sha256) {
            open.ground = Some((pixels.clone(), coverage.clone()));
            open.repaint();
        }
    }

    /// Opens the dialog over a reference.
    pub fn open(&mut self, reference: &Reference) -> Command {
        let mask = self.of(&reference.sha256).cloned();
        self.open = Some(OpenMask {
            reference: reference.clone(),
            base: mask.clone(),
            ground: None,
            coverage: Coverage::new(0, 0),
            covered: 0,
            strokes: Vec::new(),
            brush: BRUSH.rest,
            erases: false,
            canvas: Canvas::default(),
        });
        Command::References(ReferenceCommand::LoadMaskBase { reference: reference.clone(), mask })
    }
}

/// The textures of image and mask, and the brush.
#[derive(Default)]
pub struct Canvas {
    pub(in crate::ui::panels::composer) image: Option<TextureHandle>,
    pub(in crate::ui::panels::composer) cover: Option<TextureHandle>,
    /// Whether the mask has changed since it was last drawn.
    pub(in crate::ui::panels::composer) stale: bool,
    /// The current stroke.
    pub(in crate::ui::panels::composer) stroke: Option<BrushStroke>,
    /// The keyboard's position of the brush.
    pub(in crate::ui::panels::composer) at: Option<[f32; 2]>,
}

impl std::fmt::Debug for Canvas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Canvas").field("stroke", &self.stroke).finish_non_exhaustive()
    }
}

impl Canvas {
    /// Marks the mask as changed.
    pub(in crate::ui::panels::composer) fn stale(&mut self) {
        self.stale = true;
    }
}
