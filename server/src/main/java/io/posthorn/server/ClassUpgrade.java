package io.posthorn.server;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// What the launcher does to a library before it rehearses: its classes get the form of a newer Java. What a JVM has
/// learned of classes older than Java 6 it cannot keep, and each start would verify them anew, in the old and slow way;
/// picocli is compiled for Java 5. What the classes do is the same.
public final class ClassUpgrade {
    /// Java 8's, the oldest that libraries are compiled for otherwise.
    private static final int NEW = ClassFile.JAVA_8_VERSION;

    private static final int OLDEST_KEPT = ClassFile.JAVA_6_VERSION;

    private ClassUpgrade() {}

    /// @param jars of libraries, which are replaced
    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            upgrade(Path.of(jar));
        }
    }

    static void upgrade(Path jar) throws IOException {
        Path newer = jar.resolveSibling("." + jar.getFileName() + ".newer");
        try (var in = new ZipInputStream(Files.newInputStream(jar));
                var out = new ZipOutputStream(Files.newOutputStream(newer))) {
            copy(in, out);
        }
        Files.move(newer, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void copy(ZipInputStream in, ZipOutputStream out) throws IOException {
        // Checks of types in the new form need to know which class extends which; those not found are taken for
        // unrelated, which a verifier would find out.
        var upgrade = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(ClassUpgrade.class.getClassLoader())));
        for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
            byte[] bytes = in.readAllBytes();
            var copied = new ZipEntry(entry.getName());
            copied.setTimeLocal(entry.getTimeLocal());
            out.putNextEntry(copied);
            out.write(entry.getName().endsWith(".class") ? upgraded(bytes, upgrade) : bytes);
            out.closeEntry();
        }
    }

    private static byte[] upgraded(byte[] bytes, ClassFile upgrade) {
        ClassModel old = upgrade.parse(bytes);
        return old.majorVersion() >= OLDEST_KEPT
                ? bytes
                : upgrade.transformClass(
                        old,
                        // Each instruction is written anew: only so are the types at branches written, which the
                        // newer form has and the old one has not.
                        ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
                                .andThen((type, element) -> {
                                    if (element instanceof ClassFileVersion) {
                                        type.withVersion(NEW, 0);
                                    } else {
                                        type.with(element);
                                    }
                                }));
    }
}
