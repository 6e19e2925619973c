from . import first
from .first import NAME as other
NAME = other + first.NAME
