"""No colours: what `traceback` and its users ask of `_colorize`, without its data classes, whose methods are made at run time."""


class NoColors:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return ""


class Theme:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return NoColors()


ANSIColors = NoColors()
COLORIZE = False


def can_colorize(*, file=None):
    return False


def get_colors(colorize=False, *, file=None):
    return ANSIColors


def get_theme(*, tty_file=None, force_color=False, force_no_color=False):
    return Theme()


def decolor(text):
    return text
