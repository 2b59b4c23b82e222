// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

/** Error numbers of Linux on x86-64 and AArch64 (asm-generic/errno-base.h and errno.h), and their names. */
public final class Errno {
    /** EPERM. */
    public static final int EPERM = 1;

    /** ENOENT. */
    public static final int ENOENT = 2;

    /** EINTR. */
    public static final int EINTR = 4;

    /** EIO. */
    public static final int EIO = 5;

    /** ENXIO. */
    public static final int ENXIO = 6;

    /** E2BIG. */
    public static final int E2BIG = 7;

    /** EBADF. */
    public static final int EBADF = 9;

    /** EAGAIN. */
    public static final int EAGAIN = 11;

    /** ENOMEM. */
    public static final int ENOMEM = 12;

    /** EACCES. */
    public static final int EACCES = 13;

    /** EFAULT. */
    public static final int EFAULT = 14;

    /** EBUSY. */
    public static final int EBUSY = 16;

    /** EEXIST. */
    public static final int EEXIST = 17;

    /** ENODEV. */
    public static final int ENODEV = 19;

    /** EINVAL. */
    public static final int EINVAL = 22;

    /** ENFILE. */
    public static final int ENFILE = 23;

    /** EMFILE. */
    public static final int EMFILE = 24;

    /** ENOTTY. */
    public static final int ENOTTY = 25;

    /** ENOSPC. */
    public static final int ENOSPC = 28;

    /** EPIPE. */
    public static final int EPIPE = 32;

    /** EOPNOTSUPP. */
    public static final int EOPNOTSUPP = 95;

    /** ENOSYS. */
    public static final int ENOSYS = 38;

    /** EBADFD. */
    public static final int EBADFD = 77;

    /** EADDRINUSE. */
    public static final int EADDRINUSE = 98;

    /** ECONNABORTED. */
    public static final int ECONNABORTED = 103;

    /** ECONNRESET. */
    public static final int ECONNRESET = 104;

    /** ETIMEDOUT. */
    public static final int ETIMEDOUT = 110;

    /** ECONNREFUSED. */
    public static final int ECONNREFUSED = 111;

    private static final String[] NAMES = {
        "",
        "EPERM",
        "ENOENT",
        "ESRCH",
        "EINTR",
        "EIO",
        "ENXIO",
        "E2BIG",
        "ENOEXEC",
        "EBADF",
        "ECHILD",
        "EAGAIN",
        "ENOMEM",
        "EACCES",
        "EFAULT",
        "ENOTBLK",
        "EBUSY",
        "EEXIST",
        "EXDEV",
        "ENODEV",
        "ENOTDIR",
        "EISDIR",
        "EINVAL",
        "ENFILE",
        "EMFILE",
        "ENOTTY",
        "ETXTBSY",
        "EFBIG",
        "ENOSPC",
        "ESPIPE",
        "EROFS",
        "EMLINK",
        "EPIPE",
        "EDOM",
        "ERANGE",
        "EDEADLK",
        "ENAMETOOLONG",
        "ENOLCK",
        "ENOSYS",
        "ENOTEMPTY",
        "ELOOP",
        "",
        "ENOMSG",
        "EIDRM",
        "ECHRNG",
        "EL2NSYNC",
        "EL3HLT",
        "EL3RST",
        "ELNRNG",
        "EUNATCH",
        "ENOCSI",
        "EL2HLT",
        "EBADE",
        "EBADR",
        "EXFULL",
        "ENOANO",
        "EBADRQC",
        "EBADSLT",
        "",
        "EBFONT",
        "ENOSTR",
        "ENODATA",
        "ETIME",
        "ENOSR",
        "ENONET",
        "ENOPKG",
        "EREMOTE",
        "ENOLINK",
        "EADV",
        "ESRMNT",
        "ECOMM",
        "EPROTO",
        "EMULTIHOP",
        "EDOTDOT",
        "EBADMSG",
        "EOVERFLOW",
        "ENOTUNIQ",
        "EBADFD",
        "EREMCHG",
        "ELIBACC",
        "ELIBBAD",
        "ELIBSCN",
        "ELIBMAX",
        "ELIBEXEC",
        "EILSEQ",
        "ERESTART",
        "ESTRPIPE",
        "EUSERS",
        "ENOTSOCK",
        "EDESTADDRREQ",
        "EMSGSIZE",
        "EPROTOTYPE",
        "ENOPROTOOPT",
        "EPROTONOSUPPORT",
        "ESOCKTNOSUPPORT",
        "EOPNOTSUPP",
        "EPFNOSUPPORT",
        "EAFNOSUPPORT",
        "EADDRINUSE",
        "EADDRNOTAVAIL",
        "ENETDOWN",
        "ENETUNREACH",
        "ENETRESET",
        "ECONNABORTED",
        "ECONNRESET",
        "ENOBUFS",
        "EISCONN",
        "ENOTCONN",
        "ESHUTDOWN",
        "ETOOMANYREFS",
        "ETIMEDOUT",
        "ECONNREFUSED",
        "EHOSTDOWN",
        "EHOSTUNREACH",
        "EALREADY",
        "EINPROGRESS",
        "ESTALE",
        "EUCLEAN",
        "ENOTNAM",
        "ENAVAIL",
        "EISNAM",
        "EREMOTEIO",
        "EDQUOT",
        "ENOMEDIUM",
        "EMEDIUMTYPE",
        "ECANCELED",
        "ENOKEY",
        "EKEYEXPIRED",
        "EKEYREVOKED",
        "EKEYREJECTED",
        "EOWNERDEAD",
        "ENOTRECOVERABLE",
        "ERFKILL",
        "EHWPOISON"
    };

    private Errno() {}

    /** The symbol of an error number, such as {@code EEXIST}, or {@code errno 999} for one that is not known. */
    public static String name(int errno) {
        boolean known = errno > 0 && errno < NAMES.length && !NAMES[errno].isEmpty();
        return known ? NAMES[errno] : "errno " + errno;
    }

    /** The symbol and the number: {@code EEXIST (17)}. */
    public static String describe(int errno) {
        return name(errno) + " (" + errno + ")";
    }
}
