//! Share of the given `.pyc` files that are written back byte for byte, with the place of the first difference of
//! each other one.

use std::sync::Arc;

use pyaot_code::marshal::{read_pyc, write_pyc};

fn main() {
    let (mut files, mut same) = (0, 0);
    for path in std::env::args().skip(1) {
        files += 1;
        let data = std::fs::read(&path).unwrap_or_default();
        match read_pyc(&data) {
            Err(error) => println!("{path}: {error}"),
            Ok((kind, code)) => {
                let mine = write_pyc(kind, &Arc::new(code));
                if mine == data {
                    same += 1;
                } else {
                    let at = mine.iter().zip(&data).take_while(|(a, b)| a == b).count();
                    println!(
                        "{path}: differs at byte {at} ({} bytes, CPython has {})",
                        mine.len(),
                        data.len()
                    );
                }
            }
        }
    }
    println!("identical: {same} of {files}");
}
