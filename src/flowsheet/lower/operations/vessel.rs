//! How long what passes stays, and how dense it is.

use super::{
    super::{Lowering, figures::Expect},
    Place,
};
use crate::{
    diagnostic::{Code, Diagnostic},
    flowsheet::{FigureId, Vessel},
    measure::Dimension,
};

impl<'d> Lowering<'d> {
    /// What the volume of an operation follows from; none without both a residence time and a density.
    pub(super) fn lower_vessel(
        &mut self,
        place: &Place<'d>,
        availability: Option<FigureId>,
    ) -> Option<Vessel> {
        let mut read = |figure: Option<&crate::document::Figure>, key: &str, expect: Expect| {
            let path = format!("{}.{key}", place.path);
            Some(self.figure(figure?, &path, &place.inherit, &expect)?.id)
        };
        let (time, mass) = (place.common.residence, place.common.density);
        let residence = read(time, "residence", Expect::positive(Dimension::TIME));
        let expect =
            Expect::positive(Dimension::MASS_PER_VOLUME).usual(0.001, 25.0, "up to 25 t/m3");
        let density = read(mass, "density", expect);
        let (has, lacks, figure) = match (time, mass) {
            (Some(figure), None) => ("residence", "density = \"0.6 t/m3\"", figure),
            (None, Some(figure)) => ("density", "residence = \"2 h\"", figure),
            _ => {
                let (residence, density) = (residence?, density?);
                return Some(Vessel { residence, density, availability });
            }
        };
        let message = format!("`{}` has a `{has}` alone, which gives no volume", place.name);
        let finding = Diagnostic::new(Code::UnusedInput, message).at(figure.span, "");
        self.report(finding.help(format!("add `{lacks}`, too")));
        None
    }
}
