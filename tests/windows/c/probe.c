/* Looks at files as Windows tells them, and does what tests need done.
 *
 *   look PATH...            attributes, creation, writing, size, owner and access list
 *   dress ATTRIBUTES PATH   sets attributes and a time of writing with ticks
 *   hold PATH               keeps a file open, which others may read and not remove
 *   run                     starts itself once more, tells both numbers, then waits
 *   runs PID...             of each whether it still runs
 *   link KEY TARGET         makes a key of the user's a link to another one
 *   trust FILE              takes a certificate among the roots that are trusted
 *   connect ADDRESS PORT    connects there, tells its number, then waits
 *   listen                  listens at a free port, tells it, then waits
 *
 * What waits says so, and ends with its input.
 */
#include <winsock2.h>

#include <windows.h>

#include <sddl.h>
#include <wincrypt.h>
#include <stdio.h>
#include <wchar.h>

static const SECURITY_INFORMATION PARTS =
    OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

static HANDLE open_as_it_is(const wchar_t *path, DWORD access)
{
    return CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                       OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT,
                       NULL);
}

static int look(const wchar_t *path)
{
    BY_HANDLE_FILE_INFORMATION facts;
    BYTE descriptor[4096];
    DWORD needed;
    wchar_t *text = NULL;
    HANDLE file = open_as_it_is(path, FILE_READ_ATTRIBUTES | READ_CONTROL);
    if (file == INVALID_HANDLE_VALUE) {
        wprintf(L"- %lu\n", GetLastError());
        return 0;
    }
    GetFileInformationByHandle(file, &facts);
    if (GetKernelObjectSecurity(file, PARTS, descriptor, sizeof descriptor, &needed))
        ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, 1, PARTS, &text, NULL);
    wprintf(L"%08lx %08lx%08lx %08lx%08lx %lu %ls\n", facts.dwFileAttributes,
            facts.ftCreationTime.dwHighDateTime, facts.ftCreationTime.dwLowDateTime,
            facts.ftLastWriteTime.dwHighDateTime, facts.ftLastWriteTime.dwLowDateTime,
            facts.nFileSizeLow, text ? text : L"?");
    CloseHandle(file);
    return 0;
}

static int dress(DWORD attributes, const wchar_t *path)
{
    /* 2015, with microseconds: Wine keeps no more. */
    ULONGLONG ticks = 130700000001234560ULL;
    FILETIME time = { (DWORD)ticks, (DWORD)(ticks >> 32) };
    HANDLE file = open_as_it_is(path, FILE_WRITE_ATTRIBUTES);
    if (file == INVALID_HANDLE_VALUE || !SetFileTime(file, NULL, NULL, &time)) return 1;
    CloseHandle(file);
    return !SetFileAttributesW(path, attributes);
}

static int wait(void)
{
    puts("ready");
    fflush(stdout);
    getchar();
    return 0;
}

static int run(void)
{
    wchar_t own[MAX_PATH], line[MAX_PATH + 16];
    STARTUPINFOW start = { sizeof start };
    PROCESS_INFORMATION child;
    GetModuleFileNameW(NULL, own, MAX_PATH);
    swprintf(line, MAX_PATH + 16, L"\"%ls\" child", own);
    if (!CreateProcessW(own, line, NULL, NULL, FALSE, 0, NULL, NULL, &start, &child)) return 1;
    printf("%lu %lu\n", GetCurrentProcessId(), child.dwProcessId);
    fflush(stdout);
    Sleep(INFINITE);
    return 0;
}

static int runs(DWORD pid)
{
    DWORD status = 0;
    HANDLE program = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    int is_there = program && GetExitCodeProcess(program, &status) && status == STILL_ACTIVE;
    puts(is_there ? "yes" : "no");
    if (program) CloseHandle(program);
    return 0;
}

static int link_key(const wchar_t *path, const wchar_t *target)
{
    HKEY key;
    DWORD bytes = (DWORD)(wcslen(target) * sizeof *target);
    if (RegCreateKeyExW(HKEY_CURRENT_USER, path, 0, NULL, REG_OPTION_CREATE_LINK,
                        KEY_WRITE | KEY_CREATE_LINK, NULL, &key, NULL))
        return 1;
    return RegSetValueExW(key, L"SymbolicLinkValue", 0, REG_LINK, (const BYTE *)target, bytes) != 0;
}

static int trust(const wchar_t *path)
{
    BYTE bytes[16384];
    DWORD length = 0;
    HCERTSTORE roots;
    HANDLE file = open_as_it_is(path, GENERIC_READ);
    if (file == INVALID_HANDLE_VALUE || !ReadFile(file, bytes, sizeof bytes, &length, NULL)) return 1;
    CloseHandle(file);
    roots = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, L"Root");
    if (!roots || !CertAddEncodedCertificateToStore(roots, X509_ASN_ENCODING, bytes, length,
                                                    CERT_STORE_ADD_REPLACE_EXISTING, NULL))
        return 1;
    return !CertCloseStore(roots, 0);
}

static int talk(const wchar_t *address, unsigned short port)
{
    WSADATA data;
    SOCKADDR_IN there = { 0 };
    int length = sizeof there;
    SOCKET socket_;
    if (WSAStartup(MAKEWORD(2, 2), &data)) return 1;
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    there.sin_family = AF_INET;
    there.sin_port = htons(port);
    if (address) {
        char text[64];
        WideCharToMultiByte(CP_ACP, 0, address, -1, text, sizeof text, NULL, NULL);
        there.sin_addr.s_addr = inet_addr(text);
        if (connect(socket_, (struct sockaddr *)&there, sizeof there)) return 1;
        printf("%lu\n", GetCurrentProcessId());
    } else {
        if (bind(socket_, (struct sockaddr *)&there, sizeof there) || listen(socket_, 4)) return 1;
        getsockname(socket_, (struct sockaddr *)&there, &length);
        printf("%u\n", ntohs(there.sin_port));
    }
    fflush(stdout);
    getchar();
    return 0;
}

int wmain(int count, wchar_t **words)
{
    int at;
    if (count >= 3 && !wcscmp(words[1], L"look")) {
        for (at = 2; at < count; at++) look(words[at]);
        return 0;
    }
    if (count >= 3 && !wcscmp(words[1], L"runs")) {
        for (at = 2; at < count; at++) runs(wcstoul(words[at], NULL, 10));
        return 0;
    }
    if (count == 4 && !wcscmp(words[1], L"link")) return link_key(words[2], words[3]);
    if (count == 3 && !wcscmp(words[1], L"trust")) return trust(words[2]);
    if (count == 4 && !wcscmp(words[1], L"dress")) return dress(wcstoul(words[2], NULL, 16), words[3]);
    if (count == 3 && !wcscmp(words[1], L"hold")) {
        HANDLE file = CreateFileW(words[2], GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
        return file == INVALID_HANDLE_VALUE ? 1 : wait();
    }
    if (count == 4 && !wcscmp(words[1], L"connect"))
        return talk(words[2], (unsigned short)wcstoul(words[3], NULL, 10));
    if (count == 2 && !wcscmp(words[1], L"listen")) return talk(NULL, 0);
    if (count == 2 && !wcscmp(words[1], L"run")) return run();
    if (count == 2 && !wcscmp(words[1], L"child")) Sleep(INFINITE);
    return 2;
}
