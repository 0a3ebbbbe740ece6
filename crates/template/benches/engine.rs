//! The engine alone, without starting a program or touching a tree: what reading, compiling and rendering a template of a
//! cluster cost, and reading and deciding conditions. `just bench-engine`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run is to fail")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use template::{Engine, Expressions, Options, Scope};
use yaml::{Dialect, Mapping, Value};

/// A template as clusters have them: a few names, a condition, a loop, filters and a macro.
const PAGE: &str = "---
{% macro labels(name) %}
app.kubernetes.io/name: {{ name }}
{% endmacro %}
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: {{ app.name }}
  labels:
    {{ labels(app.name) | indent(4) }}
spec:
  interval: 1h
  values:
    domain: {{ domain }}
    {% if nodes | length > 1 %}
    replicas: {{ nodes | length }}
    {% endif %}
    nodes:
    {% for node in nodes %}
      - name: {{ node.name }}
        address: '{{ '%s/%d' % (node.address, 24) }}'
    {% endfor %}
    label: {{ domain | upper | replace('.', '-') }}
";

const DATA: &str = "domain: example.com
app: { name: echo }
nodes:
  - { name: node-0, address: 10.0.0.1 }
  - { name: node-1, address: 10.0.0.2 }
  - { name: node-2, address: 10.0.0.3 }
";

fn data() -> Mapping {
    yaml::load_one(DATA, Dialect::PyYaml).unwrap().as_mapping().unwrap().clone()
}

fn templates(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("app.yaml.j2"), PAGE).unwrap();
    let options = Options { folders: vec![folder.path().to_path_buf()], ..Options::default() };
    let engine = Engine::new(options, data()).unwrap();
    let mut group = criterion.benchmark_group("template");
    group.throughput(Throughput::Bytes(PAGE.len() as u64));
    group.bench_function("read, compile and render", |bencher| {
        bencher.iter(|| engine.render_text("app.yaml.j2", black_box(PAGE)).unwrap());
    });
    group.bench_function("render", |bencher| {
        bencher.iter(|| engine.render(black_box("app.yaml.j2"), None).unwrap());
    });
    group.finish();
    criterion.bench_function("engine with its data", |bencher| {
        bencher.iter(|| Engine::new(Options::default(), black_box(data())).unwrap());
    });
}

fn conditions(criterion: &mut Criterion) {
    let expressions = Expressions::new().unwrap();
    let mut scope = Scope::default();
    for (name, value) in [("a", Value::from(true)), ("b", Value::from("")), ("c", Value::from(1_i64))] {
        scope.set(name, &value);
    }
    let mut group = criterion.benchmark_group("condition");
    for (what, condition) in [("names alone", "a and not (b or not c)"), ("compared", "a and c == 1")] {
        group.bench_function(what, |bencher| {
            bencher.iter(|| expressions.compile(black_box(condition)).unwrap().holds(&scope).unwrap());
        });
    }
    group.finish();
}

criterion_group!(engine, templates, conditions);
criterion_main!(engine);
