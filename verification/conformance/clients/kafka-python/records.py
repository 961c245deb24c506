"""What users of kafka-python do with records: records.py FEATURE TOPIC. KAFKA names the broker; TOPIC has 4 partitions."""
import os
import sys

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

BROKER = os.environ["KAFKA"]


def produced(topic):
    """Every way to acknowledge, compressed and not; keys, headers, nulls."""
    for acks in (0, 1, "all"):
        for codec in (None, "gzip"):
            producer = KafkaProducer(bootstrap_servers=BROKER, acks=acks, compression_type=codec, linger_ms=5)
            name = "%s %s" % (acks, codec)
            producer.send(topic, key=name.encode(), value=b"x" * 1000, headers=[("h", b"\x00\xff")])
            producer.send(topic, key=name.encode(), value=None)
            producer.flush()
            producer.close()
    found = []
    for record in consumer(topic):
        value = record.value if record.value is None else len(record.value)
        found.append("%s: %s %s" % (record.key.decode(), value, record.headers))
        if len(found) == 12:
            break
    # Keys lie in several partitions; those of one key have kept their order.
    print("\n".join(sorted(found, key=lambda line: line.split(":")[0])))


def found(topic):
    """By time, from both ends, and by a position."""
    producer = KafkaProducer(bootstrap_servers=BROKER)
    for n in range(10):
        place = producer.send(topic, value=b"%d" % n, partition=1, timestamp_ms=1000000 + n * 1000).get(60)
    print(place.partition, place.offset)
    partition = TopicPartition(topic, 1)
    reader = KafkaConsumer(bootstrap_servers=BROKER, consumer_timeout_ms=60000)
    reader.assign([partition])
    print(reader.beginning_offsets([partition])[partition], reader.end_offsets([partition])[partition])
    print(reader.offsets_for_times({partition: 1003500})[partition].offset, reader.offsets_for_times({partition: 9999999}))
    reader.seek(partition, 7)
    print([int(next(reader).value) for _ in range(3)])
    print(sorted(reader.partitions_for_topic(topic)), topic in reader.topics())
    reader.close()


def consumer(topic):
    return KafkaConsumer(topic, bootstrap_servers=BROKER, auto_offset_reset="earliest", consumer_timeout_ms=60000)


{"produced": produced, "found": found}[sys.argv[1]](sys.argv[2])
