"""Runs the cases of a batch: each prints a header, what it prints, and its result or its exception with the lines it went through."""
import gc
import posix
import sys


def lines_of(error):
    """`name:line` of each frame below the case, lines counted from the head of the function."""
    out = []
    entry = error.__traceback__.tb_next
    while entry is not None:
        code = entry.tb_frame.f_code
        out.append("%s:%d" % (code.co_name, entry.tb_lineno - code.co_firstlineno))
        entry = entry.tb_next
    return " ".join(out[:8])


def run(function):
    try:
        print("=", repr(function())[:2000])
    except BaseException as error:
        print("!", type(error).__name__, str(error)[:300], "@", lines_of(error))
        seen = 0
        while seen < 4 and (error.__cause__ or error.__context__) is not None:
            error = error.__cause__ or error.__context__
            seen += 1
            print("  from", type(error).__name__, str(error)[:300])


def main(modules):
    """`first` on the command line is the number of the first case to run, the others are left out."""
    gc.disable()
    first = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    left_out = {int(text) for text in sys.argv[2:]}
    for module in modules:
        for name, function in list(vars(module).items()):
            if name.startswith("case") and name[4:].isdigit():
                number = int(name[4:])
                if number >= first and number not in left_out:
                    print("# case", number, flush=True)
                    run(function)
    print("# end", flush=True)
    posix._exit(0)
