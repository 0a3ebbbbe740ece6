//! `cloudflare_domain` and `cloudflare_domains` (D1): one of them decides.

use yaml::Value;

use crate::codes;
use crate::config::Run;
use crate::link;

const ONE: &str = "cloudflare_domain";
const MANY: &str = "cloudflare_domains";

pub(super) fn check(run: &mut Run) {
    // Not every system has domains at Cloudflare.
    if run.model.option(MANY).is_none() || run.values.any_invalid([ONE, MANY]) {
        return;
    }
    let domains = run.values.get(MANY).clone();
    if !run.values.is_set(MANY) {
        let place = run.values.place(MANY).or(run.values.place(ONE)).unwrap_or(run.top);
        let finding = run.findings.error(
            codes::NO_DOMAIN,
            "cloudflare_domain or cloudflare_domains is required",
            place,
        );
        let finding = finding.with_help(
            "the domain that is managed at Cloudflare, for example cloudflare_domain: example.com",
        );
        run.findings.push(finding.with_reference(link::option(ONE)));
        return;
    }
    let one = match run.values.get(ONE) {
        Value::String(domain) => Value::from(vec![domain.as_str()]),
        other => other.clone(),
    };
    let both = run.values.is_set(ONE).then(|| run.values.place(ONE).zip(run.values.place(MANY))).flatten();
    if let Some((one_place, many_place)) = both
        && one != domains
    {
        let message = "cloudflare_domain and cloudflare_domains differ; cloudflare_domains counts";
        let finding = run.findings.warning(codes::DOMAINS_DIFFER, message, one_place);
        let finding = finding.with_related(run.findings.location(many_place), "this one counts");
        run.findings.push(finding.with_help("remove cloudflare_domain"));
    }
}
