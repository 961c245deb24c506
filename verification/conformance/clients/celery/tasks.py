"""The tasks of a Celery worker, and what a program does with them.

Usage: tasks.py worker NAME | tasks.py FEATURE NAME   The broker is named by AMQP_URL; queues and exchanges carry NAME.
"""

import os
import sys
import time

from celery import Celery, group
from kombu import Queue
from kombu.common import Broadcast

if __name__ == "__main__":
    os.environ["CELERY_NAME"] = sys.argv[2]
    # What is pickled or imported by the worker's processes is the module, never __main__.
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

NAME = os.environ["CELERY_NAME"]

app = Celery("tasks", broker=os.environ["AMQP_URL"], backend="rpc://")
app.conf.update(
    task_default_queue=NAME,
    control_exchange=NAME + ".pidbox",
    event_exchange=NAME + ".celeryev",
    result_exchange=NAME + ".reply",
    worker_prefetch_multiplier=1,
    task_acks_late=True,
)
app.conf.task_queues = (
    Queue(NAME, durable=True),
    Broadcast(name=NAME + ".all", unique=True, auto_delete=True),
)
app.conf.task_routes = {"tasks.everywhere": {"queue": NAME + ".all", "exchange": NAME + ".all"}}


@app.task(name="tasks.add")
def add(x, y):
    return x + y


@app.task(name="tasks.flaky", bind=True, max_retries=3)
def flaky(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0.1)
    return self.request.retries


@app.task(name="tasks.failing")
def failing():
    raise ValueError("it never works")


@app.task(name="tasks.everywhere")
def everywhere():
    print("everyone heard", flush=True)


def result():
    print("sum", add.delay(2, 3).get(timeout=60))
    print("sums", group(add.s(n, n) for n in range(50)).apply_async().get(timeout=60) == [2 * n for n in range(50)])


def retry():
    print("retries", flaky.delay().get(timeout=60))


def failure():
    try:
        failing.delay().get(timeout=60)
    except ValueError as error:
        print("failed", error)


def eta():
    """Tasks for later are held by the worker, which raises its prefetch so that others still come through."""
    began = time.monotonic()
    later = [add.apply_async((n, 1), countdown=2) for n in range(10)]
    soon = [add.delay(n, 2) for n in range(10)]
    print("soon", [task.get(timeout=60) for task in soon])
    print("before", not any(task.ready() for task in later))
    print("later", [task.get(timeout=60) for task in later])
    print("waited", time.monotonic() - began >= 2)


def control():
    print("pong", len(app.control.ping(timeout=5, limit=1)))
    active = app.control.inspect(timeout=5, limit=1).active_queues()
    print("listens", sorted(queue["name"] == NAME for queues in active.values() for queue in queues))
    everywhere.delay()


def shutdown():
    app.control.shutdown()


def worker():
    from tasks import app as imported

    imported.worker_main(["worker", "--concurrency=2", "--loglevel=INFO", "--hostname=worker@" + NAME])


if __name__ == "__main__":
    globals()[sys.argv[1]]()
