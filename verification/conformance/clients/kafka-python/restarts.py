"""Produces and reads in a group until it is told that it is enough: restarts.py TOPIC. KAFKA names the broker.

It says when it is under way. To a line of its input it says when the next record has been acknowledged; to `enough`, at
the end, how many records that were acknowledged it has not read."""
import os
import sys
import threading

from kafka import KafkaConsumer, KafkaProducer

BROKER = os.environ["KAFKA"]
PATIENT = {"bootstrap_servers": BROKER, "reconnect_backoff_ms": 50, "reconnect_backoff_max_ms": 200}


def main(topic):
    enough = threading.Event()
    asked = threading.Event()
    acknowledged = set()

    def produce():
        producer = KafkaProducer(acks="all", retries=1000, **PATIENT)
        n = 0
        while not enough.is_set():
            n += 1
            producer.send(topic, value=b"%d" % n).get(timeout=60)
            acknowledged.add(n)
            if asked.is_set():
                asked.clear()
                print("went on", flush=True)
        producer.close()

    def listen():
        for line in sys.stdin:
            (enough if line == "enough\n" else asked).set()

    threading.Thread(target=listen, daemon=True).start()
    producing = threading.Thread(target=produce)
    producing.start()
    consumer = KafkaConsumer(topic, group_id=topic, auto_offset_reset="earliest", heartbeat_interval_ms=300, **PATIENT)
    read = set()
    while producing.is_alive() or not acknowledged <= read:
        for records in consumer.poll(timeout_ms=100).values():
            if not read:
                print("under way", flush=True)
            read.update(int(record.value) for record in records)
    consumer.close()
    print("missing", len(acknowledged - read))


main(sys.argv[1])
