from ..first import NAME; WHERE = "deep:" + NAME
