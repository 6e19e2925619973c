//! The match statement.
use crate::frame::{Frame, R, Slot};

impl Frame<'_> {
    pub fn match_class(&mut self, nargs: u32) -> R {
        let args = self.pop_values(3)?;
        let nargs = self.i64(i64::from(nargs));
        let result = self.call1("match_class", vec![args[0], args[1], nargs, args[2]])?;
        self.push_value(result);
        Ok(())
    }

    pub fn match_keys(&mut self) -> R {
        let keys = self.peek_value(1)?;
        let subject = self.peek_value(2)?;
        let result = self.call1("match_keys", vec![subject, keys])?;
        self.push_value(result);
        Ok(())
    }

    pub fn match_test(&mut self, name: &str) -> R {
        let subject = self.peek_value(1)?;
        let flag = self.call1(name, vec![subject])?;
        self.push(Slot::Flag(flag));
        Ok(())
    }
}
