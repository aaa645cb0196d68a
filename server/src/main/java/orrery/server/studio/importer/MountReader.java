package orrery.server.studio.importer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.server.studio.importer.Compose.Mount;
import org.jspecify.annotations.Nullable;

/// `volumes` and `tmpfs` of a service. A target that comes twice counts once, as the last one has
/// it: that is how extending services change a mount.
final class MountReader {
    private static final Set<String> KEYS = Set.of("type", "source", "src", "target", "dst",
            "destination", "read_only", "readonly", "bind", "volume", "tmpfs", "image",
            "consistency");

    private final Set<String> volumes;
    private final Map<String, Mount> mounts = new LinkedHashMap<>();

    private MountReader(Set<String> volumes) {
        this.volumes = volumes;
    }

    static List<Mount> read(Place service, Set<String> volumes) {
        MountReader reader = new MountReader(volumes);
        for (Place item : service.get("volumes").items()) {
            if (item.isMap()) {
                reader.longForm(item);
            } else {
                reader.shortForm(item);
            }
        }
        Place tmpfs = service.get("tmpfs");
        for (Place item : tmpfs.isText() ? List.of(tmpfs) : tmpfs.items()) {
            reader.memory(item);
        }
        return new ArrayList<>(reader.mounts.values());
    }

    private void shortForm(Place item) {
        String text = item.text().strip();
        // A Windows drive's colon is no separator.
        boolean drive = text.matches("[A-Za-z]:[\\\\/].*")
                && !volumes.contains(text.substring(0, 1));
        int from = drive ? 2 : 0;
        int first = text.indexOf(':', from);
        String source = first < 0 ? null : text.substring(0, first);
        String rest = first < 0 ? text : text.substring(first + 1);
        int second = rest.indexOf(':');
        String target = second < 0 ? rest : rest.substring(0, second);
        List<String> modes = second < 0
                ? List.of() : List.of(rest.substring(second + 1).split(","));
        boolean host = source != null && !volumes.contains(source) && isHostPath(source);
        String type = host ? "bind" : "volume";
        add(item, new Mount(type, source, target, modes.contains("ro"), null, 0, item.path()));
    }

    private void longForm(Place item) {
        item.only(KEYS);
        String type = item.get("type").text("volume");
        if (!Set.of("volume", "bind", "tmpfs", "npipe", "cluster", "image").contains(type)) {
            item.get("type").wrong("is '%s'; it must be volume, bind or tmpfs"
                    .formatted(Spelling.brief(type)));
        }
        String source = first(item, "source", "src");
        String target = first(item, "target", "dst", "destination");
        boolean readOnly = item.get("read_only").flag(item.get("readonly").flag(false));
        String subPath = item.get("volume").get("subpath").text("");
        long size = size(item.get("tmpfs").get("size"));
        if (type.equals("bind") && source == null) {
            item.wrong("has no source; give the folder or file on the host");
        }
        add(item, new Mount(type, source, target == null ? "" : target, readOnly,
                subPath.isEmpty() ? null : subPath, size, item.path()));
    }

    private void memory(Place item) {
        String text = item.text().strip();
        int colon = text.indexOf(':');
        long size = 0;
        if (colon >= 0) {
            for (String option : text.substring(colon + 1).split(",")) {
                if (option.startsWith("size=")) {
                    size = size(item, option.substring("size=".length()));
                }
            }
        }
        String target = colon < 0 ? text : text.substring(0, colon);
        add(item, new Mount("tmpfs", null, target, false, null, size, item.path()));
    }

    private void add(Place item, Mount mount) {
        String target = mount.target();
        if (!target.startsWith("/") && !target.matches("[A-Za-z]:[\\\\/].*")) {
            item.wrong(target.isEmpty()
                    ? "has no target; give the absolute path in the container"
                    : "mounts at '%s'; the path in the container must be absolute"
                            .formatted(Spelling.brief(target)));
            return;
        }
        boolean named = mount.type().equals("volume") && mount.source() != null
                && !mount.source().isEmpty();
        if (named && !volumes.contains(mount.source())) {
            item.wrong(Spelling.undefined("volume", mount.source(), volumes));
        }
        String key = target.length() > 1 && target.endsWith("/")
                ? target.substring(0, target.length() - 1) : target;
        mounts.put(key, new Mount(mount.type(), named || !mount.type().equals("volume")
                ? mount.source() : null, key, mount.readOnly(), mount.subPath(),
                mount.sizeLimit(), mount.path()));
    }

    private static boolean isHostPath(String source) {
        return source.startsWith("/") || source.startsWith(".") || source.startsWith("~")
                || source.matches("[A-Za-z]:[\\\\/].*");
    }

    static long size(Place place) {
        return place.isSet() ? size(place, place.text()) : 0;
    }

    private static long size(Place place, String text) {
        try {
            return text.endsWith("%") ? 0 : Units.bytes(text);
        } catch (Unreadable e) {
            place.wrong(e.getMessage());
            return 0;
        }
    }

    private static @Nullable String first(Place item, String... keys) {
        for (String key : keys) {
            if (item.get(key).isSet()) {
                return item.get(key).text();
            }
        }
        return null;
    }
}
