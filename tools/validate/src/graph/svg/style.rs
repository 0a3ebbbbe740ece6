//! Colours and letters.

use crate::graph::args::Theme;

/// Colours, in the order of [`rules`].
struct Palette {
    page: &'static str,
    border: &'static str,
    card: &'static str,
    card_border: &'static str,
    text: &'static str,
    muted: &'static str,
    accent: &'static str,
    edge: &'static str,
    wrong: &'static str,
}

const LIGHT: Palette = Palette {
    page: "#f6f8fa",
    border: "#d1d9e0",
    card: "#ffffff",
    card_border: "#d1d9e0",
    text: "#1f2328",
    muted: "#59636e",
    accent: "#0969da",
    edge: "#8250df",
    wrong: "#d1242f",
};

const DARK: Palette = Palette {
    page: "#0d1117",
    border: "#3d444d",
    card: "#161b22",
    card_border: "#3d444d",
    text: "#e6edf3",
    muted: "#9198a1",
    accent: "#4493f8",
    edge: "#ab7df8",
    wrong: "#f85149",
};

fn rules(palette: &Palette) -> String {
    let Palette { page, border, card, card_border, text, muted, accent, edge, wrong } = palette;
    format!(
        ".page{{fill:{page};stroke:{border}}}.card{{fill:{card};stroke:{card_border}}}.title,.app{{fill:{text}}}\
         .sub,.ns,.count,.version,.key{{fill:{muted}}}.chart{{fill:{accent};stroke:{accent}}}.plain{{stroke:{muted}}}\
         .lock{{fill:{muted}}}.bow{{stroke:{muted}}}.edge{{stroke:{edge}}}.end{{fill:{edge}}}\
         text.wrong,.end.wrong{{fill:{wrong}}}.edge.wrong,.plain.wrong{{stroke:{wrong}}}.chart.wrong{{fill:{wrong};stroke:{wrong}}}"
    )
}

/// The style element.
pub(super) fn css(theme: Theme) -> String {
    let shared = "text{font-family:ui-sans-serif,system-ui,-apple-system,\"Segoe UI\",Helvetica,Arial,sans-serif}\
                  .title{font-size:17px;font-weight:600}.sub{font-size:12px}\
                  .ns{font-size:11.5px;font-weight:600;letter-spacing:.2px}.count{font-size:11px;text-anchor:end}\
                  .app{font-size:13px}.version{font-size:11px;text-anchor:end}.key{font-size:11px}\
                  .plain{fill:none;stroke-width:1.5}.bow{fill:none;stroke-width:1.4}\
                  .edge{fill:none;stroke-width:1.6;stroke-opacity:.75}.edge.wrong{stroke-dasharray:5 3}";
    let colours = match theme {
        Theme::Light => rules(&LIGHT),
        Theme::Dark => rules(&DARK),
        Theme::Auto => {
            format!("{}@media (prefers-color-scheme:dark){{{}}}", rules(&LIGHT), rules(&DARK))
        }
    };
    format!("<style>{shared}{colours}</style>\n")
}
