use flow_compiler::{
    compile,
    diagnostics::render::Human,
    ir,
    source::{Project, Source},
};
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let dir = std::path::Path::new(&dir);
    let mut p = Project { name: "x".into(), timezone: "Europe/Berlin".into(), ..Default::default() };
    if dir.is_file() {
        p.sources.push(Source {
            path: dir.file_name().unwrap().to_string_lossy().into(),
            text: std::fs::read_to_string(dir).unwrap(),
        });
    } else {
        for e in std::fs::read_dir(dir).unwrap() {
            let e = e.unwrap().path();
            if e.extension().is_some_and(|x| x == "flow") {
                p.sources.push(Source {
                    path: e.file_name().unwrap().to_string_lossy().into(),
                    text: std::fs::read_to_string(e).unwrap(),
                });
            }
        }
        for e in std::fs::read_dir(dir.join("emails")).unwrap() {
            let e = e.unwrap().path();
            p.templates.push(Source {
                path: format!("emails/{}", e.file_name().unwrap().to_string_lossy()),
                text: std::fs::read_to_string(e).unwrap(),
            });
        }
    }
    let c = compile(&p);
    for d in &c.diagnostics {
        println!("{}", Human { colour: false, width: 110 }.render(d, &c.sources));
    }
    if let Some(program) = c.program {
        println!("{:?}", ir::verify::verify(&program));
        if std::env::args().nth(2).is_some() {
            println!("{:#?}", program.workflows);
        }
    }
}
