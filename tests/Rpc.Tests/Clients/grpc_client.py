"""Calls the test server with a real gRPC client and prints one line per check; the test compares them.

Messages are encoded by hand, because only the runtime, not the code generator, is installed: AdminRequest {verb = 1},
AdminReply {json = 1}, ApplyRequest {epoch = 1}, ApplyReply {acks = 1 {ticket = 1}}, VerifyRequest {last_slot = 2}, VerifyReply {slot = 1}.
"""
import sys
import grpc


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def length_delimited(message):
    length, shift, i = 0, 0, 1
    while True:
        length |= (message[i] & 0x7F) << shift
        shift += 7
        i += 1
        if message[i - 1] < 0x80:
            return message[i:i + length]


def main():
    address, password = sys.argv[1], sys.argv[2]
    metadata = [("authorization", "Bearer " + password)]
    channel = grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)])
    admin = channel.unary_unary("/mckv.node.v1.Node/Admin")
    verify = channel.unary_stream("/mckv.node.v1.Node/Verify")
    apply = channel.stream_stream("/mckv.node.v1.Node/Apply")

    def status(call, with_details=True):
        try:
            call()
            print("OK")
        except grpc.RpcError as e:
            print(e.code().name, *[e.details()] if with_details else [])

    print("unary", length_delimited(admin(field(1, b"echo"), metadata=metadata, timeout=10)).decode())
    print("large", len(admin(field(1, b"large"), metadata=metadata, timeout=30)) > (8 << 20))
    status(lambda: admin(field(1, "fail with \u00e4 100%".encode()), metadata=metadata, timeout=10))
    status(lambda: admin(field(1, b"echo"), timeout=10))
    # The deadline is kept on both sides; whose words for it are shown depends on which of the two finds it first.
    status(lambda: admin(field(1, b"sleep"), metadata=metadata, timeout=0.2), with_details=False)
    status(lambda: channel.unary_unary("/mckv.node.v1.Node/Nothing")(b"", metadata=metadata, timeout=10))
    print("stream", [m[1] for m in verify(field(2, 5), metadata=metadata, timeout=10)])

    def requests():
        for epoch in (3, 4, 5):
            yield field(1, epoch)

    print("duplex", [length_delimited(m)[1] for m in apply(requests(), metadata=metadata, timeout=10)])
    cancelled = verify(field(2, 1_000_000), metadata=metadata, timeout=30)
    next(cancelled)
    cancelled.cancel()
    status(lambda: next(cancelled))
    print("after", length_delimited(admin(field(1, b"cancelled"), metadata=metadata, timeout=10)).decode())


main()
