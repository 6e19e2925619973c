"""`patch` and `patch.object` as far as the listed tests use them: an attribute is replaced for the time of a block or a call."""
import sys

DEFAULT = object()


class Mock:
    """Records its calls and passes them on to `wraps`, or returns `return_value`; `side_effect` is raised or called."""

    def __init__(self, wraps=None, return_value=None, side_effect=None):
        self.wraps = wraps
        self.return_value = return_value
        self.side_effect = side_effect
        self.call_count = 0

    @property
    def called(self):
        return self.call_count > 0

    def __call__(self, *args, **kwargs):
        self.call_count += 1
        effect = self.side_effect
        if effect is not None:
            if isinstance(effect, BaseException) or isinstance(effect, type) and issubclass(effect, BaseException):
                raise effect
            result = effect(*args, **kwargs)
            if result is not DEFAULT:
                return result
        if self.wraps is not None:
            return self.wraps(*args, **kwargs)
        return self.return_value


class _Patch:
    def __init__(self, target, attribute, new, kwargs):
        self.target = target
        self.attribute = attribute
        self.new = new
        self.kwargs = kwargs

    def __enter__(self):
        target = self.target() if callable(self.target) and not isinstance(self.target, type) else self.target
        self.place = target
        names = vars(target)
        self.was_local = self.attribute in names
        self.original = names[self.attribute] if self.was_local else getattr(target, self.attribute, DEFAULT)
        new = Mock(**self.kwargs) if self.new is DEFAULT else self.new
        setattr(target, self.attribute, new)
        return new

    def __exit__(self, *error):
        if self.was_local:
            setattr(self.place, self.attribute, self.original)
        else:
            delattr(self.place, self.attribute)
        return False

    def __call__(self, function):
        def patched(*args, **kwargs):
            with self as new:
                if self.new is DEFAULT:
                    args += (new,)
                return function(*args, **kwargs)

        patched.__name__ = function.__name__
        patched.__doc__ = function.__doc__
        return patched


def patch(target, new=DEFAULT, **kwargs):
    module, _, attribute = target.rpartition(".")

    def find():
        __import__(module)
        return sys.modules[module]

    return _Patch(find, attribute, new, kwargs)


def _object(target, attribute, new=DEFAULT, **kwargs):
    return _Patch(target, attribute, new, kwargs)


patch.object = _object
