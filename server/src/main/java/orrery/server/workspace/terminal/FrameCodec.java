package orrery.server.workspace.terminal;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Protobuf bytes of [Frame]s. The field numbers are those of `cloudshell.v1.CloudshellMessage`;
/// unknown fields are skipped, as protobuf asks for, so newer clients are understood.
final class FrameCodec {
    private FrameCodec() {}

    /// Thrown for bytes that are no frame of a client.
    static final class BadFrame extends Exception {
        BadFrame(String cause) {
            super(cause);
        }
    }

    /// Reads what a client may send.
    static Frame read(byte[] bytes) throws BadFrame {
        try {
            var in = CodedInputStream.newInstance(bytes);
            Frame frame = null;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                var read = switch (WireFormat.getTagFieldNumber(tag)) {
                    case 1 -> {
                        in.readBytes();
                        yield new Frame.Ping();
                    }
                    case 3 -> new Frame.Input(text(in.readByteArray()));
                    case 5 -> resize(in.readByteArray());
                    case 6 -> explore(in.readByteArray());
                    default -> skip(in, tag);
                };
                frame = read == null ? frame : read;
            }
            if (frame == null) {
                throw new BadFrame("no message that a client may send");
            }
            return frame;
        } catch (IOException e) {
            throw new BadFrame(String.valueOf(e.getMessage()));
        }
    }

    /// Writes what a server sends.
    static byte[] write(Frame frame) {
        return message(out -> {
            switch (frame) {
                case Frame.Ping _ -> out.writeBytes(1, ByteString.EMPTY);
                case Frame.Pong _ -> out.writeBytes(2, ByteString.EMPTY);
                case Frame.Input input -> data(out, 3, input.data());
                case Frame.Output output -> data(out, 4, output.data());
                case Frame.Resize resize -> out.writeByteArray(5, message(size -> {
                    size.writeUInt32(1, resize.cols());
                    size.writeUInt32(2, resize.rows());
                }));
                case Frame.Explore _ ->
                        throw new IllegalArgumentException("only a client explores");
                case Frame.Reply reply -> out.writeByteArray(6, message(explorer -> {
                    explorer.writeString(1, reply.id());
                    explorer.writeByteArray(3, message(answer -> answer(answer, reply.answer())));
                }));
                case Frame.Failed failed -> data(out, 7, failed.data());
            }
        });
    }

    private static void answer(CodedOutputStream out, Frame.Answer answer) throws IOException {
        switch (answer) {
            case Frame.Answer.Files list -> out.writeByteArray(1, message(files -> {
                for (var file : list.files()) {
                    files.writeByteArray(1, message(info -> file(info, file)));
                }
                optional(files, 2, list.error());
            }));
            case Frame.Answer.DirectoryMade made ->
                    out.writeByteArray(2, message(it -> optional(it, 1, made.error())));
            case Frame.Answer.Removed removed ->
                    out.writeByteArray(3, message(it -> optional(it, 1, removed.error())));
            case Frame.Answer.Directory directory -> out.writeByteArray(4, message(it -> {
                it.writeString(1, directory.path());
                optional(it, 2, directory.error());
            }));
        }
    }

    private static void file(CodedOutputStream out, Frame.FileInfo file) throws IOException {
        out.writeString(1, file.name());
        out.writeString(2, file.path());
        out.writeInt64(3, file.size());
        out.writeString(4, file.mode());
        out.writeBool(5, file.directory());
        out.writeString(6, file.modified());
    }

    private static String text(byte[] bytes) throws IOException {
        var in = CodedInputStream.newInstance(bytes);
        var data = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 1) {
                data = in.readStringRequireUtf8();
            } else {
                in.skipField(tag);
            }
        }
        return data;
    }

    private static Frame resize(byte[] bytes) throws IOException {
        var in = CodedInputStream.newInstance(bytes);
        int cols = 0;
        int rows = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> cols = in.readUInt32();
                case 2 -> rows = in.readUInt32();
                default -> in.skipField(tag);
            }
        }
        return new Frame.Resize(cols, rows);
    }

    private static @Nullable Frame explore(byte[] bytes) throws IOException {
        var in = CodedInputStream.newInstance(bytes);
        var id = "";
        Frame.Command command = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> id = in.readStringRequireUtf8();
                case 2 -> command = command(in.readByteArray());
                default -> in.skipField(tag);
            }
        }
        return command == null ? null : new Frame.Explore(id, command);
    }

    private static Frame.@Nullable Command command(byte[] bytes) throws IOException {
        var in = CodedInputStream.newInstance(bytes);
        int tag = in.readTag();
        return switch (WireFormat.getTagFieldNumber(tag)) {
            case 1 -> {
                var path = new PathAndMore(in.readByteArray());
                yield new Frame.Command.ListFiles(path.path, path.flag);
            }
            case 2 -> {
                var path = new PathAndMore(in.readByteArray());
                yield new Frame.Command.MakeDirectory(path.path, path.name);
            }
            case 3 -> new Frame.Command.Remove(new PathAndMore(in.readByteArray()).path);
            case 4 -> new Frame.Command.CurrentDirectory();
            default -> null;
        };
    }

    /// A command's fields: a path, and behind it a name or a flag, told apart by the wire type.
    private static final class PathAndMore {
        private String path = "";
        private String name = "";
        private boolean flag;

        PathAndMore(byte[] bytes) throws IOException {
            var in = CodedInputStream.newInstance(bytes);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int field = WireFormat.getTagFieldNumber(tag);
                boolean varint = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT;
                if (field == 1 && !varint) {
                    path = in.readStringRequireUtf8();
                } else if (field == 2 && varint) {
                    flag = in.readBool();
                } else if (field == 2) {
                    name = in.readStringRequireUtf8();
                } else {
                    in.skipField(tag);
                }
            }
        }
    }

    private static @Nullable Frame skip(CodedInputStream in, int tag) throws IOException {
        in.skipField(tag);
        return null;
    }

    private static void data(CodedOutputStream out, int field, String data) throws IOException {
        out.writeByteArray(field, message(it -> it.writeString(1, data)));
    }

    private static void optional(CodedOutputStream out, int field, @Nullable String text)
            throws IOException {
        if (text != null) {
            out.writeString(field, text);
        }
    }

    @FunctionalInterface
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }
}
