"""The AWS CLI for tests that call it hundreds of times: its modules and the models of services are read once, and each call is a fork of that process.

aws-cli.py DIRECTORY          makes DIRECTORY/aws, which is the AWS CLI until this program's standard input ends; then the directory goes
aws-cli.py DIRECTORY -- ARGS  what DIRECTORY/aws does: runs the AWS CLI with its caller's directory, environment and standard streams

What runs is the AWS CLI of .cache/aws, code for code; only its start is spared, which is most of the time that a call takes.
"""

import fcntl
import json
import os
import socket
import sys


def call(directory, args):
    # Nothing more is imported here: a client starts in a moment.
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(os.path.join(directory, "socket"))
        request = json.dumps({"args": args, "cwd": os.getcwd(), "env": dict(os.environ)}).encode()
        socket.send_fds(s, [len(request).to_bytes(4, "big")], [0, 1, 2])
        s.sendall(request)
        answer = s.recv(1)
        if not answer:
            print("aws-cli: the server ended the call", file=sys.stderr)
        return answer[0] if answer else 255


def receive(s, size):
    got = b""
    while len(got) < size:
        part = s.recv(size - len(got))
        if not part:
            raise EOFError
        got += part
    return got


def answer(s, driver):
    size, fds, _, _ = socket.recv_fds(s, 4, 3)
    request = json.loads(receive(s, int.from_bytes(size, "big")))
    # A caller that is killed takes its call with it, as it would the AWS CLI: the end of the connection is a signal that ends this process.
    fcntl.fcntl(s, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(s, fcntl.F_SETFL, fcntl.fcntl(s, fcntl.F_GETFL) | os.O_ASYNC)
    for to, fd in enumerate(fds):
        os.dup2(fd, to)
        os.close(fd)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv[0] = "aws"
    sys.stdin, sys.stdout, sys.stderr = (open(fd, mode, closefd=False) for fd, mode in ((0, "r"), (1, "w"), (2, "w")))
    try:
        code = driver.main(request["args"])
    except SystemExit as e:
        code = e.code
    sys.stdout.flush()
    sys.stderr.flush()
    s.sendall(bytes([(code or 0) & 255 if isinstance(code, int | None) else 1]))


def serve(directory):
    import select
    import shlex
    import shutil
    import signal
    import traceback

    import awscli.clidriver

    driver = awscli.clidriver.create_clidriver()
    loader = driver.session.get_component("data_loader")
    for service in ("cloudformation", "cloudwatch", "dms", "ec2", "rds", "batch", "s3", "sts"):
        loader.load_service_model(service, "service-2")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.join(directory, "socket"))
    listener.listen(64)
    client = [sys.executable, "-S", "-E", os.path.abspath(__file__), os.path.abspath(directory)]
    with open(os.path.join(directory, "new"), "w") as f:
        f.write("#!/bin/sh\nexec " + shlex.join(client) + ' -- "$@"\n')
    os.chmod(f.name, 0o755)
    os.rename(f.name, os.path.join(directory, "aws"))  # there at once, and whole
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children: the client hears from them
    while True:
        ready, _, _ = select.select([listener, 0], [], [])
        if 0 in ready:
            shutil.rmtree(directory)
            return 0  # whoever started this is gone
        s, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                answer(s, driver)
            except BaseException:
                traceback.print_exc()
            os._exit(0)
        s.close()


if __name__ == "__main__":
    sys.exit(call(sys.argv[1], sys.argv[3:]) if len(sys.argv) > 2 else serve(sys.argv[1]))
