"""What users of kafka-python do in groups: groups.py FEATURE TOPIC. KAFKA names the broker; TOPIC has 4 partitions."""
import os
import sys
import threading

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

BROKER = os.environ["KAFKA"]


def produce(topic, first, last):
    producer = KafkaProducer(bootstrap_servers=BROKER)
    for n in range(first, last):
        producer.send(topic, value=b"%d" % n, partition=n % 4)
    producer.flush()
    producer.close()


def consumer(topic, **more):
    return KafkaConsumer(topic, bootstrap_servers=BROKER, group_id=topic, auto_offset_reset="earliest",
                         enable_auto_commit=False, consumer_timeout_ms=60000, heartbeat_interval_ms=300, **more)


def take(reader, count):
    values = []
    for message in reader:
        values.append(int(message.value))
        if len(values) == count:
            break
    return sorted(values)


def commit(topic):
    """What is committed is not read again."""
    produce(topic, 0, 8)
    reader = consumer(topic)
    print(take(reader, 8))
    reader.commit()
    reader.close()
    produce(topic, 8, 12)
    reader = consumer(topic)
    print(take(reader, 4))
    print(reader.committed(TopicPartition(topic, 0)))
    reader.close()


def share(topic):
    """Two members have two partitions each; the one that stays has all of them."""
    readers = [consumer(topic, client_id="one"), consumer(topic, client_id="two")]
    done = threading.Event()

    def poll(reader, last):
        while not (done.is_set() and last()):
            reader.poll(timeout_ms=100)
            if not done.is_set() and all(len(each.assignment()) == 2 for each in readers):
                print("two each")
                done.set()

    other = threading.Thread(target=poll, args=(readers[1], lambda: True))
    other.start()
    poll(readers[0], lambda: True)
    other.join()
    readers[1].close()
    poll(readers[0], lambda: len(readers[0].assignment()) == 4)
    print("all four")
    readers[0].close()


def administer(topic):
    """Groups are listed and described, and their offsets told."""
    produce(topic, 0, 4)
    reader = consumer(topic, client_id="me")
    take(reader, 4)
    reader.commit()
    admin = KafkaAdminClient(bootstrap_servers=BROKER)
    print((topic, "consumer") in admin.list_consumer_groups())
    group = admin.describe_consumer_groups([topic])[0]
    print(group.group, group.state, [member.client_id for member in group.members])
    offsets = admin.list_consumer_group_offsets(topic)
    print(sorted((partition.partition, offset.offset) for partition, offset in offsets.items()))
    reader.close()
    print([(name, error.__name__) for name, error in admin.delete_consumer_groups([topic])])
    admin.close()


{"commit": commit, "share": share, "administer": administer}[sys.argv[1]](sys.argv[2])
